"""CLIP and its family: OpenAI's, OpenCLIP's and SigLIP's models, made dense."""
