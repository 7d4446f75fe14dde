"""Fetch the weights of models once, to use them without a network ever after.

python applications/fetch_models.py                                    what there is, how large, what is here
python applications/fetch_models.py model=clip_vit_b32
python applications/fetch_models.py model=[clip_vit_l14,lseg] folder=/media/stick/models
python applications/fetch_models.py model=google/siglip2-base-patch16-512    any model of the Hugging Face hub
python applications/fetch_models.py verify=true                        after the folder was carried over

What was cut off goes on when it is run again. Sources, licences and how to carry the folder: docs/models.md.
"""

from sisg_robotics.app.configs import FetchModelsConfig
from sisg_robotics.app.models import fetch_models_of
from sisg_robotics.app.run import run_application


def fetch_models(config: FetchModelsConfig) -> str:
    return fetch_models_of(config)


if __name__ == "__main__":
    run_application(fetch_models, FetchModelsConfig)
