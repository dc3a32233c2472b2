"""A camera: GStreamer's RTSP server with one pipeline, until its standard input ends."""

import argparse
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


def make_server(backchannel):
    """An ONVIF camera tells of its backchannel only to those who ask for it."""
    if not backchannel:
        return GstRtspServer.RTSPServer(), GstRtspServer.RTSPMediaFactory()
    factory = GstRtspServer.RTSPOnvifMediaFactory()
    factory.set_media_gtype(GstRtspServer.RTSPOnvifMedia)
    factory.set_backchannel_launch(backchannel)
    return GstRtspServer.RTSPOnvifServer(), factory


def require_password(server, factory, username, password, basic):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", username)
    if basic:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(username, password), token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(username, password, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_role(username)
    permissions.add_permission_for_role(username, "media.factory.access", True)
    permissions.add_permission_for_role(username, "media.factory.construct", True)
    factory.set_permissions(permissions)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--launch", required=True)
    parser.add_argument("--port", default="0")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--basic", action="store_true")
    parser.add_argument("--lower", choices=["tcp", "udp"])
    parser.add_argument("--backchannel", help="a launch line that begins with depay_backchannel")
    options = parser.parse_args()

    Gst.init(None)
    server, factory = make_server(options.backchannel)
    server.set_address("127.0.0.1")
    server.set_service(options.port)
    factory.set_launch(options.launch)
    factory.set_shared(True)
    if options.lower:
        lower = {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}
        factory.set_protocols(lower[options.lower])
    if options.user:
        require_password(server, factory, options.user, options.password or "", options.basic)
    server.get_mount_points().add_factory("/camera", factory)
    if server.attach(None) == 0:
        sys.exit("the port is in use")

    loop = GLib.MainLoop()

    def until_input_ends():
        sys.stdin.read()
        loop.quit()

    threading.Thread(target=until_input_ends, daemon=True).start()
    print(f"PORT {server.get_bound_port()}", flush=True)
    loop.run()


main()
