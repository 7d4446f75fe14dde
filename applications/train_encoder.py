"""Train the encoder "tiny" anew, or an adapter that fits tiny, clip or lseg to a domain.

python applications/train_encoder.py                               the recipe: hours on a laptop
python applications/train_encoder.py flats=20 steps=200 folder=data/quick
python applications/train_encoder.py start=package first_seed=200000 steps=2000 folder=data/more
python applications/train_encoder.py device=cuda folder=data/encoder
python applications/train_encoder.py encoder=clip adapter=true     learned on generated flats

The first renders flats, trains, scores on flats never seen and writes <folder>/tiny.safetensors, for
encoder.weights=. Stopped at any time, it goes on where it was when it is run again; log.csv has the losses.
Another recipe needs another folder. steps=[12000,16000] flats=[700,1400] are two trainings, the second from
the weights of the first, which lie in <folder>/leg_1. As it stands, it makes the weights in the package.
start= goes on from weights, those in the package or in a file, on flats from first_seed on; keep=0.4 writes
the mean of 0.4 of them and 0.6 of what was learned.
An adapter is learned from recordings with a semantic channel (sequences=[data/a,data/b]) and scored before
and after on others (held_out=[data/c]); it is
<folder>/<encoder>_adapter.safetensors, for encoder.adapter=.
"""

from sisg_robotics.app.configs import TrainEncoderConfig
from sisg_robotics.app.run import run_application
from sisg_robotics.app.training import train_encoder_of


def train_encoder(config: TrainEncoderConfig) -> str:
    return train_encoder_of(config)


if __name__ == "__main__":
    run_application(train_encoder, TrainEncoderConfig)
