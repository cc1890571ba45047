"""Whether a 24x24 grey picture is a face in its place: a plain network, too small to learn pictures by heart."""

from torch import Tensor, nn

SIDE_PX = 24
STAGES = ((24,), (48, 48), (96, 96))  # filters of each convolution; after each stage a pool
KERNEL = 3
DROPOUT = 0.2
MIN_CONTRAST = 0.02  # of a picture in [0, 1], about 5 grey levels: a blank one stays nearly blank


class FaceFrame(nn.Module):
    """0.16 M parameters."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 1
        for stage in STAGES:
            for filters in stage:
                layers += [
                    nn.Conv2d(channels, filters, KERNEL, padding=KERNEL // 2, bias=False),  # norm shifts
                    nn.BatchNorm2d(filters),
                    nn.ReLU(),
                ]
                channels = filters
            layers.append(nn.MaxPool2d(2))
        side = SIDE_PX // 2 ** len(STAGES)
        self.blocks = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(DROPOUT))
        self.head = nn.Linear(channels * side * side, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return logits (batch,) of pictures (batch, 1, 24, 24) in [0, 1]; high: no face, or not in its place."""
        mean = pictures.mean(dim=(1, 2, 3), keepdim=True)
        contrast = pictures.std(dim=(1, 2, 3), keepdim=True).clamp(min=MIN_CONTRAST)
        hidden = self.blocks((pictures - mean) / contrast)  # (batch, 864)
        logits: Tensor = self.head(hidden).squeeze(dim=1)  # (batch,)
        return logits
