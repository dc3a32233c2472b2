import type { Cause } from './live.ts'

/** What somebody can do about each cause, in words for people who know their camera and not our code. */
const remedies: Readonly<Record<string, string>> = {
  unsupported_scheme: 'Begin the address with one of the kinds that work here; most cameras speak rtsp://.',
  malformed_source: 'Write the address like rtsp://user:password@192.168.1.20:554/stream.',
  wrong_password:
    'Check the user name and the password in the address. Some cameras lock the account for a while after a few wrong tries.',
  password_needed: 'Put the camera’s user name and password into the address: rtsp://user:password@host/path.',
  host_not_found: 'Check the spelling of the camera’s name, or use its IP address.',
  connection_refused:
    'The device is there and does not listen on this port. Check the port, and that RTSP is switched on in the camera’s settings.',
  timed_out:
    'Check that the camera is switched on, that its address is right, and that this server may reach its network.',
  unreachable: 'There is no way from this server to the camera’s network. Check its address, the cable, or the VLAN.',
  not_rtsp:
    'Something else answers on this port. RTSP is usually on port 554; the camera’s web page is not what is needed here.',
  no_media: 'The camera offers nothing that can be used here. Choose H.264 or H.265 in its video settings.',
  not_found:
    'The camera does not know this path. Look up the stream’s path in the camera’s manual or its ONVIF settings.',
  silent:
    'The camera accepted the connection and sends nothing. Restart it, or lower how many programs watch it at once.',
  camera_closed: 'It may allow only a few viewers at once: end other programs that watch it, or restart it.',
  connection_lost: 'Check the camera’s cable or Wi-Fi. It is dialed again by itself.',
  camera_refused: 'Check the path of the address and the camera’s RTSP settings; restarting the camera often helps.',
  bad_redirect: 'Look up the stream’s address in the camera’s manual; the one given leads nowhere.',
  login_not_supported: 'Choose “digest” or “basic” for RTSP authentication in the camera’s settings.',
  udp_silent:
    'Datagrams of the camera do not arrive. TCP is tried next; to begin with it, take #transport=udp out of the address.',
  no_speaker: 'The camera offers no speaker any more. Check its audio settings.',
  no_ports: 'End programs that hold many UDP ports, or take #transport=udp out of the address.',
  upgrade_refused: 'Check the address after #transport=: the camera did not open a WebSocket there.',
  codec_mislabelled: 'Nothing needs to be done: the stream is taken for what it is. A firmware update may mend it.',
  media_refused: 'Lower how many programs watch the camera at once, or leave the media out with #media=video.',
  picture_stopped: 'The camera is asked again by itself. Restart it if that happens often; check its network.',
  no_keyframe: 'Set the keyframe interval (GOP, I-frame interval) of the camera to one or two seconds.',
  insecure_source: 'Add this source to go2rtc.yaml on the server itself.',
  template_unbound: 'Watch it with the source that belongs in its {input}.',
  publisher_left: 'Start whoever publishes again; its viewers wait for fifteen seconds.',
  nobody_listens: 'Play into a stream whose camera has a speaker and allows talking to it.',
  program_not_started: 'Check that the program is installed, and its path in go2rtc.yaml.',
  program_not_allowed: 'Add the program to allow_paths in go2rtc.yaml.',
  program_failed: 'Look at what the program said; set exec to debug under log in go2rtc.yaml to see all of it.',
  program_ended: 'Look at what the program said. It is started again by itself.',
  program_silent: 'The program runs and publishes nothing. Check its command, or allow more time with #starttimeout=.',
  rtsp_disabled: 'Set rtsp.listen in go2rtc.yaml: programs publish to that port.',
  certificate_refused: 'Begin the address with rtspx:// to connect without checking the camera’s certificate.',
  address_not_allowed: 'Use the address of a camera.',
  no_source: 'Add a source to the stream.',
  source_loop: 'This source reads the stream it is part of, and there is no other: add the camera itself before it.',
  demo_clip: 'Install Sightline again: the demo’s film is missing.',
  malformed: 'The device answered something that cannot be understood. Check that it is a camera, and its firmware.',
  codec_mismatch:
    'The camera sends a codec that this viewer does not take. Choose H.264 in the camera, or watch with another program.',
  stream_removed: 'The stream was removed. Undo that under Changes, or add it again.',
  stream_not_found: 'There is no stream of this name. It may have been renamed or removed.',
  name_taken: 'Choose another name, or remove the stream that has it.',
  name_invalid: 'Use a name of 1 to 128 characters without line breaks.',
  source_invalid: 'Check the addresses of its sources.',
  preload_invalid: 'Write it like a query: `video`, `video&audio=opus`.',
  too_many: 'Remove what is no longer needed first.',
  change_not_found: 'Load the page again: this change is not in the log.',
  superseded: 'Undo the newer change first, or set the stream to what it should be.',
  position_unknown: 'Choose a revision that is in the log.',
  conflict: 'Somebody else was faster. Look at what is there now, then decide again.',
  storage: 'Check that the disk is not full and that the data folder can be written.',
  yaml_invalid: 'Correct the file at that line and try again.',
  port_in_use: 'Stop the other program, or choose another port in go2rtc.yaml.',
  not_permitted: 'Choose a port above 1023 in go2rtc.yaml, or start the server with more rights.',
  address_not_available: 'Correct the address in go2rtc.yaml: this machine has no such one.',
  malformed_address: 'Write :1984, or 127.0.0.1:1984, in go2rtc.yaml.',
  internal: 'This is a mistake in Sightline itself. Please report it, with what led to it.',
  busy: 'Wait for the other checks to end.',
}

/** What to do about a cause; `undefined` where nobody knows. */
export const remedyFor = (cause: Cause): string | undefined =>
  Object.hasOwn(remedies, cause.code) ? remedies[cause.code] : undefined
