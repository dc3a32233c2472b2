/** What the offer below says of itself. */
export const chromiumPassword = 'o6e1Bq3gqUq1dGJzT4UuQ0mE'

/** Chromium's offer for pictures, sound and data, shortened to what matters. */
export const chromiumOffer = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1 2',
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 106 107 45',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  'a=candidate:1 1 udp 2113937151 4d1c1b1a-5a5c.local 51472 typ host generation 0',
  'a=candidate:2 1 udp 2113937150 192.168.1.7 51473 typ host generation 0',
  'a=ice-ufrag:Zx3w',
  `a=ice-pwd:${chromiumPassword}`,
  'a=ice-options:trickle',
  'a=fingerprint:sha-256 0a:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9:0A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9',
  'a=setup:actpass',
  'a=mid:0',
  'a=recvonly',
  'a=rtcp-mux',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:102 H264/90000',
  'a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f',
  'a=rtpmap:103 H264/90000',
  'a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  'a=rtpmap:104 rtx/90000',
  'a=fmtp:104 apt=103',
  'a=rtpmap:106 H264/90000',
  'a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f',
  'a=rtpmap:107 rtx/90000',
  'a=fmtp:107 apt=106',
  'a=rtpmap:45 AV1/90000',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8 13 126',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:Zx3w',
  `a=ice-pwd:${chromiumPassword}`,
  'a=mid:1',
  'a=sendrecv',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:13 CN/8000',
  'a=rtpmap:126 telephone-event/8000',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=mid:2',
  'a=sctp-port:5000',
  '',
].join('\r\n')

/** The same, as who has this certificate would offer it. */
export const offerOf = (fingerprint: string): string =>
  chromiumOffer.replace(/a=fingerprint:.*/, `a=fingerprint:sha-256 ${fingerprint}`)

/** Whom an answer says to check with. */
export const targetOf = (answer: string): { readonly localName: string; readonly localPassword: string } => ({
  localName: /^a=ice-ufrag:(\S+)/m.exec(answer)?.[1] ?? '',
  localPassword: /^a=ice-pwd:(\S+)/m.exec(answer)?.[1] ?? '',
})

/** An offer of who sends pictures and sound, and takes sound: an encoder with a loudspeaker. */
export const publishingOffer = (fingerprint: string): string =>
  offerOf(fingerprint)
    .replace('a=recvonly', 'a=sendonly\r\na=ssrc:1001 cname:us\r\na=ssrc:1002 cname:us\r\na=ssrc-group:FID 1001 1002')
    .replace('a=mid:1', 'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=mid:1')
