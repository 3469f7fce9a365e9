/*
 * A layer under a program whose calendar can be moved and whose disk can be full, while it runs.
 *
 * Preloaded (LD_PRELOAD) into the program. FAULTS_CONTROL names a file of two little-endian 64-bit numbers that are
 * looked at all the time: by how many microseconds the calendar is ahead, and whether the disk is full (not 0). Time that
 * only runs forwards is left alone. On a full disk nothing below FAULTS_FOLDER can grow; what is there can be
 * overwritten. Shared memory of the database (-shm) is left alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *control;
static const char *folder;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("FAULTS_CONTROL");
  folder = getenv("FAULTS_FOLDER");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  void *seen = file >= 0 ? mmap(NULL, 16, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
  if (seen == MAP_FAILED)
    abort();
  control = seen;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int done = (int)syscall(SYS_clock_gettime, clock, now);
  if (done == 0 && control && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    int64_t us = now->tv_nsec / 1000 + control[0];
    int64_t seconds = us / 1000000 - (us % 1000000 < 0);
    now->tv_sec += seconds;
    now->tv_nsec = (us - seconds * 1000000) * 1000 + now->tv_nsec % 1000;
  }
  return done;
}

int gettimeofday(struct timeval *now, void *zone) {
  (void)zone;
  struct timespec precise;
  int done = clock_gettime(CLOCK_REALTIME, &precise);
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return done;
}

time_t time(time_t *out) {
  struct timespec precise;
  clock_gettime(CLOCK_REALTIME, &precise);
  if (out)
    *out = precise.tv_sec;
  return precise.tv_sec;
}

/* Whether writing so far into a file needs room that is not there. */
static int lacks_room(int fd, uint64_t end) {
  char link[64], path[PATH_MAX];
  struct stat now;
  if (!control || !control[1] || !folder)
    return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0 || fstat(fd, &now) != 0 || !S_ISREG(now.st_mode))
    return 0;
  path[length] = 0;
  if (strncmp(path, folder, strlen(folder)) != 0 || (length > 4 && strcmp(path + length - 4, "-shm") == 0))
    return 0;
  return end > (uint64_t)now.st_size;
}

static uint64_t place(int fd) {
  struct stat now;
  if ((fcntl(fd, F_GETFL) & O_APPEND) && fstat(fd, &now) == 0)
    return (uint64_t)now.st_size;
  off_t at = lseek(fd, 0, SEEK_CUR);
  return at < 0 ? 0 : (uint64_t)at;
}

static int refuse(void) {
  errno = ENOSPC;
  return -1;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  return lacks_room(fd, place(fd) + length) ? refuse() : syscall(SYS_write, fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  return lacks_room(fd, (uint64_t)offset + length) ? refuse() : syscall(SYS_pwrite64, fd, bytes, length, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  return lacks_room(fd, (uint64_t)offset + length) ? refuse() : syscall(SYS_pwrite64, fd, bytes, length, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  size_t length = 0;
  for (int i = 0; i < count; i++)
    length += parts[i].iov_len;
  return lacks_room(fd, place(fd) + length) ? refuse() : syscall(SYS_writev, fd, parts, count);
}
