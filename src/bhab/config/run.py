"""How stages run. Nothing here changes what they write, so no stage depends on section `runner`."""

from typing import Literal

from pydantic import Field

from bhab.config.base import Section


class RunnerConfig(Section):
    """Section `runner`: where Beam's work is done."""

    name: Literal["FnApiRunner", "FlinkRunner", "SparkRunner", "DataflowRunner", "PortableRunner"]
    workers: int = Field(ge=1, le=64, description="processes on one machine; FnApiRunner only")
    options: tuple[str, ...] = Field(description="further Beam options, as on its command line")


class StoreConfig(Section):
    """Section `store`."""

    shards: int = Field(ge=1, le=100, description="files a table of samples is cut into")
