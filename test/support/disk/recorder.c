/* Records what a process writes below one folder, and when it syncs it, so that a test can rebuild what a disk may hold
 * after a power loss; and has single calls fail, as full or broken disks do. Loaded with LD_PRELOAD (recorder.ts).
 *
 * DISK_FOLDER  absolute path; only what lies below it counts
 * DISK_TRACE   file the records go to: one line of text, then the bytes of a write
 *
 * Opening "<DISK_FOLDER>/.fail-<call>-<n>-<errno>" fails every <call> from the n-th on (write, sync, open) with <errno>;
 * "<DISK_FOLDER>/.fail-none" ends that. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 1024
#define PATH_LENGTH_MAX 1024

static char paths[DESCRIPTORS_MAX][PATH_LENGTH_MAX];
static const char *folder;
static size_t folder_length;
static int trace = -1;
static char failing[16] = "";
static int fail_from = 0, fail_errno = 0, calls = 0;

__attribute__((constructor)) static void start(void) {
  const char *file = getenv("DISK_TRACE");
  folder = getenv("DISK_FOLDER");
  if (file == NULL || folder == NULL) { folder = NULL; return; }
  folder_length = strlen(folder);
  trace = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int is_ours(const char *path) {
  return trace >= 0 && path != NULL && strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == 0);
}

static const char *path_of(int fd) {
  return fd >= 0 && fd < DESCRIPTORS_MAX && paths[fd][0] != 0 ? paths[fd] : NULL;
}

static void put(const void *bytes, size_t length) {
  const char *at = bytes;
  while (length > 0) {
    ssize_t written = syscall(SYS_write, trace, at, length);
    if (written <= 0) abort();
    at += written;
    length -= (size_t)written;
  }
}

/* kind, offset or length, number of bytes that follow, path */
static void record(const char *kind, const char *path, long long number, const void *bytes, size_t length) {
  char line[PATH_LENGTH_MAX + 64];
  int size = snprintf(line, sizeof line, "%s %lld %zu %s\n", kind, number, length, path);
  put(line, (size_t)size);
  if (length > 0) put(bytes, length);
}

static int fails(const char *call) {
  if (strcmp(failing, call) != 0) return 0;
  calls += 1;
  if (calls < fail_from) return 0;
  errno = fail_errno;
  return 1;
}

static int is_command(const char *path) {
  const char *name = path + folder_length;
  if (strncmp(name, "/.fail-", 7) != 0) return 0;
  calls = 0;
  if (sscanf(name, "/.fail-%15[a-z]-%d-%d", failing, &fail_from, &fail_errno) != 3) failing[0] = 0;
  errno = ENOENT;
  return 1;
}

static int open_any(int at, const char *path, int flags, mode_t mode) {
  int ours = is_ours(path);
  if (ours && is_command(path)) return -1;
  if (ours && (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 && fails("open")) return -1;
  struct stat unused;
  int is_new = ours && (flags & O_CREAT) != 0 && syscall(SYS_newfstatat, AT_FDCWD, path, &unused, 0) != 0;
  int fd = (int)syscall(SYS_openat, at, path, flags, mode);
  if (!ours || fd < 0 || fd >= DESCRIPTORS_MAX) return fd;
  snprintf(paths[fd], PATH_LENGTH_MAX, "%s", path);
  if (is_new) record("create", path, 0, NULL, 0);
  if ((flags & O_TRUNC) != 0 && !is_new) record("truncate", path, 0, NULL, 0);
  return fd;
}

#define OPEN_BODY(at)                                              \
  mode_t mode = 0;                                                 \
  if ((flags & O_CREAT) != 0) {                                    \
    va_list rest;                                                  \
    va_start(rest, flags);                                         \
    mode = va_arg(rest, mode_t);                                   \
    va_end(rest);                                                  \
  }                                                                \
  return open_any(at, path, flags, mode);

int open(const char *path, int flags, ...) { OPEN_BODY(AT_FDCWD) }
int open64(const char *path, int flags, ...) { OPEN_BODY(AT_FDCWD) }
int openat(int at, const char *path, int flags, ...) { OPEN_BODY(at) }
int openat64(int at, const char *path, int flags, ...) { OPEN_BODY(at) }

int close(int fd) {
  if (fd >= 0 && fd < DESCRIPTORS_MAX) paths[fd][0] = 0;
  return (int)syscall(SYS_close, fd);
}

static ssize_t wrote(int fd, const void *bytes, ssize_t written, off_t offset) {
  const char *path = path_of(fd);
  if (path != NULL && written > 0) record("write", path, (long long)offset, bytes, (size_t)written);
  return written;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (path_of(fd) != NULL && fails("write")) return -1;
  off_t offset = path_of(fd) == NULL ? 0 : (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
  ssize_t written = syscall(SYS_write, fd, bytes, length);
  /* What a process says on its standard output is what it acknowledged. */
  if (fd == 1 && trace >= 0 && written > 0) record("said", "-", 0, bytes, (size_t)written);
  return wrote(fd, bytes, written, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  if (path_of(fd) != NULL && fails("write")) return -1;
  return wrote(fd, bytes, syscall(SYS_pwrite64, fd, bytes, length, offset), offset);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }

/* Nobody here writes in pieces; whoever begins to is told, instead of being overlooked. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (path_of(fd) != NULL) abort();
  return syscall(SYS_writev, fd, parts, count);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  if (path_of(fd) != NULL) abort();
  return syscall(SYS_pwritev, fd, parts, count, (long)offset, (long)0);
}

int ftruncate64(int fd, off64_t length) {
  const char *path = path_of(fd);
  if (path != NULL && fails("write")) return -1;
  int result = (int)syscall(SYS_ftruncate, fd, length);
  if (path != NULL && result == 0) record("truncate", path, (long long)length, NULL, 0);
  return result;
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int sync_any(int fd, long call) {
  const char *path = path_of(fd);
  if (path != NULL && fails("sync")) return -1;
  int result = (int)syscall(call, fd);
  if (path != NULL && result == 0) record("sync", path, 0, NULL, 0);
  return result;
}
int fsync(int fd) { return sync_any(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_any(fd, SYS_fdatasync); }

int unlink(const char *path) {
  int result = (int)syscall(SYS_unlink, path);
  if (is_ours(path) && result == 0) record("unlink", path, 0, NULL, 0);
  return result;
}
int mkdir(const char *path, mode_t mode) {
  if (is_ours(path) && fails("open")) return -1;
  int result = (int)syscall(SYS_mkdir, path, mode);
  if (is_ours(path) && result == 0) record("mkdir", path, 0, NULL, 0);
  return result;
}
int rename(const char *from, const char *to) {
  if (is_ours(from) || is_ours(to)) abort();
  return (int)syscall(SYS_rename, from, to);
}
