"""Answer questions to a map over HTTP, in JSON: what is where, goals in words, paths, the costmap.

python applications/map_server.py                                       the demo scene at 127.0.0.1:8000
python applications/map_server.py scene_id=flat_3 port=0                another, at any free port
SISG_MAP_TOKEN=... python applications/map_server.py host=0.0.0.0       for other computers, with a token

The page at / lists the endpoints and tries them; /openapi.json describes them for programs. Ctrl-C ends.
"""

from sisg_robotics.app.configs import MapServerConfig
from sisg_robotics.app.map_server import ended_by_ctrl_c, server_of
from sisg_robotics.app.run import run_application


def map_server(config: MapServerConfig) -> str:
    app, running = server_of(config)
    with running(app, config.host, config.port) as server, ended_by_ctrl_c():
        print(f"The map answers at {server.address} (open it in a browser). Ctrl-C ends.", flush=True)
        server.wait()
    return "The server has stopped."


if __name__ == "__main__":
    run_application(map_server, MapServerConfig)
