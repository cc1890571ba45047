"""`bhab live`: a page that looks, understands and speaks."""

from pathlib import Path
from typing import Annotated

import typer

ANYWHERE = {"0.0.0.0": "*"}  # noqa: S104 - bound to only if a person asks for it


def live(  # noqa: PLR0913, PLR0917 - a parameter for each option
    host: Annotated[str, typer.Option(help="Address to listen at; the default is this machine alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0: any that is free.")] = 8008,
    model: Annotated[str | None, typer.Option(help="Of faces; without it the one of params.yaml.")] = None,
    card: Annotated[Path, typer.Option(help="Folder of models as ONNX.")] = Path("reports/card"),
    models: Annotated[Path, typer.Option(help="Folder of vocabulary, feedback, listener and voice.")] = Path("models"),
    gate: Annotated[Path, typer.Option(help="Verdict on the learned voice.")] = Path("reports/metrics/voice.json"),
    keep: Annotated[Path, typer.Option(help="Where faces go that people give.")] = Path("data/raw/live"),
    params: Annotated[Path, typer.Option(help="params.yaml")] = Path("params.yaml"),
) -> None:
    """Serve a page: camera, picture or video to emotions, a Bengali sentence and speech. Ctrl-C ends it."""
    import uvicorn

    from bhab.app.engine import Engine
    from bhab.app.house import House
    from bhab.app.server import listen, make_app
    from bhab.app.talker import load_talker  # PyTorch: seconds
    from bhab.audio.listener import read_listener
    from bhab.config import load_params
    from bhab.vision.predict import load_eyes

    config = load_params(params)
    eyes = load_eyes(model, card, config)
    talker, voice = load_talker(models, gate, config)
    about: dict[str, object] = {"model": eyes.recogniser.name, "voice": voice, "max_bytes": config.ingest.max_bytes}
    house = House(Engine(eyes, talker, read_listener(models / "listener.json")), about, keep)
    hosts = ["127.0.0.1", "localhost", ANYWHERE.get(host, host)]
    with listen(host, port) as listening:
        typer.echo(f"http://{host}:{listening.getsockname()[1]}/ ({eyes.recogniser.name}, {voice}); Ctrl-C ends it")
        serving = uvicorn.Config(make_app(house, hosts), log_level="warning", ws="none", limit_concurrency=64)
        uvicorn.Server(serving).run(sockets=[listening])
