"""A peer by GStreamer's webrtcbin: watches (WHEP) or publishes (WHIP) at an address, until its standard input ends.

Says what becomes of it: CONNECTED, ANSWER with the answer's status, VIDEO and AUDIO with how many buffers were decoded.
"""

import argparse
import sys
import threading
import urllib.error
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PUBLISHED = (
    "webrtcbin name=peer bundle-policy=max-bundle "
    "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1 "
    "! x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h264parse "
    "! rtph264pay config-interval=-1 ! application/x-rtp,media=video,encoding-name=H264,payload=96 ! peer. "
    "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! opusenc "
    "! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! peer. "
)
WATCHED = {
    "video": "application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000",
    "audio": "application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000",
}
# What is decoded goes nowhere, and is counted.
EVERY_BUFFERS = 10


class Peer:
    def __init__(self, url, publishes):
        self.url = url
        self.counts = {}
        # A launch line of one element alone would be no pipeline.
        self.pipeline = Gst.parse_launch(PUBLISHED) if publishes else Gst.Pipeline.new("watching")
        if not publishes:
            alone = Gst.ElementFactory.make("webrtcbin", "peer")
            alone.set_property("bundle-policy", "max-bundle")
            self.pipeline.add(alone)
        self.peer = self.pipeline.get_by_name("peer")
        if not publishes:
            for caps in WATCHED.values():
                direction = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
                self.peer.emit("add-transceiver", direction, Gst.Caps.from_string(caps))
        self.peer.connect("pad-added", self.pad_added)
        self.peer.connect("notify::ice-gathering-state", self.gathered)
        self.peer.connect("notify::connection-state", self.connection_changed)
        self.peer.connect("on-negotiation-needed", self.offer)
        self.asked = False

    def offer(self, _peer):
        promise = Gst.Promise.new_with_change_func(self.offered)
        self.peer.emit("create-offer", None, promise)

    def offered(self, promise):
        # What is in the reply lives no longer than it.
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        self.peer.emit("set-local-description", offer, Gst.Promise.new())

    def gathered(self, peer, _parameter):
        if peer.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE or self.asked:
            return
        self.asked = True
        threading.Thread(target=self.ask, daemon=True).start()

    def ask(self):
        sdp = self.peer.get_property("local-description").sdp.as_text()
        request = urllib.request.Request(self.url, sdp.encode(), {"Content-Type": "application/sdp"})
        try:
            with urllib.request.urlopen(request) as response:
                print(f"ANSWER {response.status} {response.headers.get('Location')}", flush=True)
                text = response.read().decode()
        except urllib.error.HTTPError as error:
            print(f"ANSWER {error.code} {error.read().decode()}", flush=True)
            return
        _, answer = GstSdp.SDPMessage.new_from_text(text)
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, answer)
        self.peer.emit("set-remote-description", description, None)

    def connection_changed(self, peer, _parameter):
        state = peer.get_property("connection-state")
        print(state.value_nick.upper(), flush=True)

    def pad_added(self, _peer, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        decoder = Gst.ElementFactory.make("decodebin")
        decoder.connect("pad-added", self.decoded)
        self.pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def decoded(self, _decoder, pad):
        kind = pad.get_current_caps().get_structure(0).get_name().split("/")[0].upper()
        sink = Gst.ElementFactory.make("fakesink")
        sink.set_property("signal-handoffs", True)
        sink.connect("handoff", self.count, kind)
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def count(self, _sink, _buffer, _pad, kind):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] % EVERY_BUFFERS == 0:
            print(f"{kind} {self.counts[kind]}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--publish", action="store_true")
    options = parser.parse_args()
    Gst.init(None)
    peer = Peer(options.url, options.publish)
    loop = GLib.MainLoop()

    def until_input_ends():
        sys.stdin.read()
        loop.quit()

    threading.Thread(target=until_input_ends, daemon=True).start()
    peer.pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    peer.pipeline.set_state(Gst.State.NULL)


main()
