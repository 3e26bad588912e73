/* The least a program must do to pack, install, verify and remove a package: the floor of packages.sh.
 *
 *   package_floor pack SOURCE FILE      every file read and hashed, one zstd stream, signed, flushed
 *   package_floor install FILE PLACE    signature, unpacked beside, every file hashed, one syncfs, renamed
 *   package_floor verify FILE PLACE     every installed file read and hashed
 *   package_floor remove FILE PLACE     the same, renamed away, flushed, unlinked
 *
 * A file FILE.pub beside the package holds the raw public key. Nothing here is careful about who wrote what
 * it reads: it measures, and protects nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum { digest_size = 32, key_size = 32, signature_size = 64, level = 3 };

struct file {
  char path[480];
  uint64_t size;
  unsigned char digest[digest_size];
};

struct bytes {
  unsigned char *at;
  size_t count;
};

static struct file *files;
static size_t file_count;
static size_t prefix;

static void fail(const char *what) {
  fprintf(stderr, "package_floor: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void digest(const void *at, size_t count, unsigned char *into) {
  if (!EVP_Digest(at, count, into, NULL, EVP_sha256(), NULL)) fail("sha256");
}

static struct bytes slurp(const char *path) {
  struct bytes all = {NULL, 0};
  struct stat facts;
  int descriptor = open(path, O_RDONLY);
  if (descriptor < 0 || fstat(descriptor, &facts)) fail(path);
  all.at = malloc(facts.st_size ? facts.st_size : 1);
  while (all.count < (size_t)facts.st_size) {
    ssize_t got = read(descriptor, all.at + all.count, facts.st_size - all.count);
    if (got <= 0) fail(path);
    all.count += got;
  }
  close(descriptor);
  return all;
}

static void put(const char *path, const void *at, size_t count, int flush) {
  int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (descriptor < 0) fail(path);
  for (size_t done = 0; done < count;) {
    ssize_t wrote = write(descriptor, (const char *)at + done, count - done);
    if (wrote <= 0) fail(path);
    done += wrote;
  }
  if (flush && fsync(descriptor)) fail(path);
  close(descriptor);
}

static int seen(const char *path, const struct stat *facts, int kind, struct FTW *place) {
  (void)facts, (void)place;
  if (kind != FTW_F) return 0;
  files = realloc(files, (file_count + 1) * sizeof *files);
  memset(&files[file_count], 0, sizeof *files);
  snprintf(files[file_count++].path, sizeof files->path, "%s", path + prefix);
  return 0;
}

static int by_path(const void *one, const void *other) {
  return strcmp(((const struct file *)one)->path, ((const struct file *)other)->path);
}

/* index count · index · the bytes of all files, in one zstd frame, and the signature behind it */
static void pack(const char *source, const char *out) {
  char path[4096];
  prefix = strlen(source) + 1;
  if (nftw(source, seen, 64, FTW_PHYS)) fail(source);
  qsort(files, file_count, sizeof *files, by_path);
  struct bytes *all = calloc(file_count, sizeof *all);
  uint64_t head = file_count;
  size_t total = sizeof head + file_count * sizeof *files;
  for (size_t i = 0; i < file_count; i++) {
    snprintf(path, sizeof path, "%s/%s", source, files[i].path);
    all[i] = slurp(path);
    files[i].size = all[i].count;
    digest(all[i].at, all[i].count, files[i].digest);
    total += all[i].count;
  }
  unsigned char *raw = malloc(total), *at = raw;
  at = mempcpy(at, &head, sizeof head);
  at = mempcpy(at, files, file_count * sizeof *files);
  for (size_t i = 0; i < file_count; i++) at = mempcpy(at, all[i].at, all[i].count);
  size_t bound = ZSTD_compressBound(total);
  unsigned char *packed = malloc(bound + signature_size), hash[digest_size];
  size_t size = ZSTD_compress(packed, bound, raw, total, level);
  if (ZSTD_isError(size)) fail("zstd");
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  size_t signature = signature_size, public_size = key_size;
  unsigned char public[key_size];
  digest(packed, size, hash);
  if (!key || !EVP_DigestSignInit(context, NULL, NULL, NULL, key) ||
      !EVP_DigestSign(context, packed + size, &signature, hash, sizeof hash) ||
      !EVP_PKEY_get_raw_public_key(key, public, &public_size))
    fail("ed25519");
  put(out, packed, size + signature, 1);
  snprintf(path, sizeof path, "%s.pub", out);
  put(path, public, public_size, 0);
}

static unsigned char *open_package(const char *package) {
  char path[4096];
  unsigned char hash[digest_size];
  struct bytes packed = slurp(package);
  snprintf(path, sizeof path, "%s.pub", package);
  struct bytes public = slurp(path);
  size_t size = packed.count - signature_size;
  EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public.at, public.count);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  digest(packed.at, size, hash);
  if (!key || EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) != 1 ||
      EVP_DigestVerify(context, packed.at + size, signature_size, hash, sizeof hash) != 1)
    fail("signature");
  unsigned long long total = ZSTD_getFrameContentSize(packed.at, size);
  unsigned char *raw = malloc(total);
  if (ZSTD_isError(ZSTD_decompress(raw, total, packed.at, size))) fail("zstd");
  file_count = *(uint64_t *)raw;
  files = (struct file *)(raw + sizeof(uint64_t));
  return (unsigned char *)(files + file_count);
}

static void make_parents(char *path, size_t from) {
  for (char *slash = strchr(path + from, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (mkdir(path, 0755) && errno != EEXIST) fail(path);
    *slash = '/';
  }
}

static void flush_parent(const char *place) {
  char path[4096];
  snprintf(path, sizeof path, "%s", place);
  *strrchr(path, '/') = 0;
  int descriptor = open(path, O_RDONLY | O_DIRECTORY);
  if (descriptor < 0 || fsync(descriptor)) fail(path);
  close(descriptor);
}

static void install(const char *package, const char *place) {
  char stage[3072], path[4096], parent[4096] = "";
  unsigned char hash[digest_size], *at = open_package(package);
  snprintf(stage, sizeof stage, "%s.stage", place);
  if (mkdir(stage, 0755)) fail(stage);
  for (size_t i = 0; i < file_count; i++) {
    digest(at, files[i].size, hash);
    if (memcmp(hash, files[i].digest, sizeof hash)) fail(files[i].path);
    snprintf(path, sizeof path, "%s/%s", stage, files[i].path);
    size_t length = strrchr(path, '/') - path;
    if (strncmp(parent, path, length) || parent[length]) {
      make_parents(path, strlen(stage) + 1);
      memcpy(parent, path, length);
      parent[length] = 0;
    }
    put(path, at, files[i].size, 0);
    at += files[i].size;
  }
  int descriptor = open(stage, O_RDONLY | O_DIRECTORY);
  if (descriptor < 0 || syncfs(descriptor)) fail("syncfs");
  if (rename(stage, place)) fail(place);
  flush_parent(place);
}

static void verify(const char *package, const char *place) {
  char path[4096];
  unsigned char hash[digest_size];
  open_package(package);
  for (size_t i = 0; i < file_count; i++) {
    snprintf(path, sizeof path, "%s/%s", place, files[i].path);
    struct bytes content = slurp(path);
    digest(content.at, content.count, hash);
    free(content.at);
    if (memcmp(hash, files[i].digest, sizeof hash)) fail(path);
  }
}

static int gone(const char *path, const struct stat *facts, int kind, struct FTW *place) {
  (void)facts, (void)place;
  return kind == FTW_DP ? rmdir(path) : unlink(path);
}

static void take_away(const char *package, const char *place) {
  char trash[3072];
  verify(package, place);
  snprintf(trash, sizeof trash, "%s.trash", place);
  if (rename(place, trash)) fail(place);
  flush_parent(place);
  if (nftw(trash, gone, 64, FTW_DEPTH | FTW_PHYS)) fail(trash);
  flush_parent(place);
}

int main(int count, char **words) {
  if (count == 4 && !strcmp(words[1], "pack")) pack(words[2], words[3]);
  else if (count == 4 && !strcmp(words[1], "install")) install(words[2], words[3]);
  else if (count == 4 && !strcmp(words[1], "verify")) verify(words[2], words[3]);
  else if (count == 4 && !strcmp(words[1], "remove")) take_away(words[2], words[3]);
  else return fprintf(stderr, "package_floor pack|install|verify|remove FROM TO\n"), 64;
  return 0;
}
