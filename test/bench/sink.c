/*
 * Many viewers in one cheap process: plays a stream over TCP as often as asked, by RTSP or as MSE over a WebSocket, and
 * drops what comes without copying it (MSG_TRUNC). Says READY when all play; each line on stdin is answered with the
 * bytes so far.
 *
 *   sink PORT PATH VIEWERS [mse]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_BYTES_MAX 65536
#define EVENTS_MAX 512
#define READ_BYTES_MAX (256 * 1024)

struct viewer {
  int socket;
  uint64_t bytes;
};

static void fail(const char *what) {
  fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* Passes over an interleaved packet, of which the `$` has been read: some servers send before they answer PLAY. */
static void skip_packet(int socket) {
  uint8_t head[3];
  if (recv(socket, head, sizeof head, MSG_WAITALL) != sizeof head) fail("no packet");
  size_t length = head[1] << 8 | head[2];
  static char nowhere[UINT16_MAX];
  if (recv(socket, nowhere, length, MSG_WAITALL) != (ssize_t)length) fail("no payload");
}

/* Reads the head of an answer, byte by byte up to the empty line, so that no media is swallowed with it. */
static size_t read_head(int socket, char *answer) {
  size_t length = 0;
  while (length < ANSWER_BYTES_MAX - 1) {
    if (recv(socket, answer + length, 1, 0) != 1) fail("no answer");
    if (length == 0 && answer[0] == '$') {
      skip_packet(socket);
      continue;
    }
    answer[++length] = 0;
    if (length >= 4 && memcmp(answer + length - 4, "\r\n\r\n", 4) == 0) break;
  }
  return length;
}

static void read_answer(int socket, char *answer) {
  size_t length = read_head(socket, answer);
  const char *field = strcasestr(answer, "Content-Length:");
  long body = field ? atol(field + 15) : 0;
  while (body-- > 0 && length < ANSWER_BYTES_MAX - 1) {
    if (recv(socket, answer + length, 1, 0) != 1) fail("no body");
    answer[++length] = 0;
  }
  if (strncmp(answer, "RTSP/1.0 200", 12) != 0) {
    fprintf(stderr, "sink: refused: %.200s\n", answer);
    exit(1);
  }
}

static void request(int socket, char *answer, const char *method, const char *url, int number, const char *fields) {
  char text[4096];
  int length = snprintf(text, sizeof text, "%s %s RTSP/1.0\r\nCSeq: %d\r\n%s\r\n", method, url, number, fields);
  if (send(socket, text, length, 0) != length) fail("send");
  read_answer(socket, answer);
}

/* Copies a value that ends at one of `ends`. */
static void copy_value(char *target, size_t size, const char *from, const char *ends) {
  while (*from == ' ') from++;
  snprintf(target, size, "%.*s", (int)strcspn(from, ends), from);
}

/* The address of the video track: as written when absolute, else below the base. */
static void track_url(char *target, size_t size, const char *answer, const char *url) {
  char base[1024], control[1024] = "";
  copy_value(base, sizeof base, url, "\r\n");
  const char *field = strcasestr(answer, "Content-Base:");
  if (field) copy_value(base, sizeof base, field + 13, "\r\n");
  const char *video = strstr(answer, "m=video");
  const char *attribute = video ? strstr(video, "a=control:") : NULL;
  if (attribute) copy_value(control, sizeof control, attribute + 10, "\r\n");
  if (strncmp(control, "rtsp://", 7) == 0) snprintf(target, size, "%s", control);
  else snprintf(target, size, "%s%s%s", base, base[strlen(base) - 1] == '/' ? "" : "/", control);
}

static int connected(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  int viewer = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(viewer, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
  return viewer;
}

static int play_rtsp(int port, const char *path) {
  static char answer[ANSWER_BYTES_MAX];
  int viewer = connected(port);
  char url[512], track[2100], session[256] = "", fields[512];
  snprintf(url, sizeof url, "rtsp://127.0.0.1:%d%s", port, path);
  request(viewer, answer, "OPTIONS", url, 1, "");
  request(viewer, answer, "DESCRIBE", url, 2, "Accept: application/sdp\r\n");
  track_url(track, sizeof track, answer, url);
  request(viewer, answer, "SETUP", track, 3, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
  const char *field = strcasestr(answer, "Session:");
  if (field) copy_value(session, sizeof session, field + 8, ";\r\n");
  snprintf(fields, sizeof fields, "Session: %s\r\n", session);
  request(viewer, answer, "PLAY", url, 4, fields);
  fcntl(viewer, F_SETFL, O_NONBLOCK);
  return viewer;
}

/* Opens a WebSocket (RFC 6455) and asks for MSE: one masked text message, whose mask is zero. */
static int play_mse(int port, const char *path) {
  static char answer[ANSWER_BYTES_MAX];
  static const char wish[] = "{\"type\":\"mse\",\"value\":\"avc1.640029\"}";
  int viewer = connected(port);
  char text[1024];
  int length = snprintf(text, sizeof text,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
                        path, port);
  if (send(viewer, text, length, 0) != length) fail("send");
  read_head(viewer, answer);
  if (strncmp(answer, "HTTP/1.1 101", 12) != 0) {
    fprintf(stderr, "sink: refused: %.200s\n", answer);
    exit(1);
  }
  char message[6 + sizeof wish] = {(char)0x81, (char)(0x80 | (sizeof wish - 1))};
  memcpy(message + 6, wish, sizeof wish - 1);
  if (send(viewer, message, 6 + sizeof wish - 1, 0) < 0) fail("send");
  fcntl(viewer, F_SETFL, O_NONBLOCK);
  return viewer;
}

static void report(const struct viewer *viewers, int count) {
  uint64_t sum = 0, least = UINT64_MAX;
  for (int i = 0; i < count; i++) {
    sum += viewers[i].bytes;
    if (viewers[i].bytes < least) least = viewers[i].bytes;
  }
  printf("BYTES %llu LEAST %llu\n", (unsigned long long)sum, (unsigned long long)least);
  fflush(stdout);
}

int main(int argc, char **argv) {
  int mse = argc == 5 && strcmp(argv[4], "mse") == 0;
  if (argc != 4 && !mse) {
    fprintf(stderr, "usage: sink PORT PATH VIEWERS [mse]\n");
    return 2;
  }
  int port = atoi(argv[1]), count = atoi(argv[3]);
  struct viewer *viewers = calloc(count, sizeof *viewers);
  int poll = epoll_create1(0);
  struct epoll_event wanted = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
  epoll_ctl(poll, EPOLL_CTL_ADD, STDIN_FILENO, &wanted);

  static char nowhere[READ_BYTES_MAX];
  struct epoll_event events[EVENTS_MAX];
  for (int playing = 0;;) {
    if (playing < count) {
      viewers[playing].socket = mse ? play_mse(port, argv[2]) : play_rtsp(port, argv[2]);
      struct epoll_event added = {.events = EPOLLIN, .data.u32 = playing};
      epoll_ctl(poll, EPOLL_CTL_ADD, viewers[playing].socket, &added);
      if (++playing == count) {
        printf("READY\n");
        fflush(stdout);
      }
    }
    int ready = epoll_wait(poll, events, EVENTS_MAX, playing < count ? 0 : 1000);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.u32 == UINT32_MAX) {
        if (read(STDIN_FILENO, nowhere, sizeof nowhere) <= 0) return 0;
        report(viewers, count);
        continue;
      }
      struct viewer *viewer = &viewers[events[i].data.u32];
      ssize_t bytes = recv(viewer->socket, nowhere, sizeof nowhere, MSG_TRUNC);
      if (bytes > 0) viewer->bytes += bytes;
      else if (bytes == 0 || errno != EAGAIN) epoll_ctl(poll, EPOLL_CTL_DEL, viewer->socket, NULL);
    }
  }
}
