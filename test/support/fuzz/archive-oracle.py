# Reads archives as Python's own readers do, for the differential fuzzer: one long-lived process, fed over a pipe. Each
# question is a kind (Z zip, T tar.gz, O image layout in a tar), a length and the bytes; each answer is a line of JSON:
# the list of members, or null for what Python refuses. Nothing is extracted.
import hashlib
import io
import json
import signal
import stat
import struct
import sys
import tarfile
import warnings
import zipfile

warnings.simplefilter("ignore")
# Bytes of one archive that are unpacked, and seconds: an archive may be a bomb, or a trap for Python alone.
BYTES_MAX = 16 * 1024 * 1024
SECONDS_MAX = 5


class Enough(Exception):
    pass


def digest(stream, room):
    hashed = hashlib.sha256()
    while chunk := stream.read(1 << 16):
        room[0] -= len(chunk)
        if room[0] < 0:
            raise Enough()
        hashed.update(chunk)
    return hashed.hexdigest()


def zip_kind(info):
    mode = stat.S_IFMT(info.external_attr >> 16)
    if mode == stat.S_IFLNK:
        return "link"
    return "folder" if info.is_dir() else "file"


def read_zip(data):
    room = [BYTES_MAX]
    rows = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            kind = zip_kind(info)
            name = info.filename[:-1] if info.is_dir() else info.filename
            with archive.open(info) as stream:
                found = digest(stream, room)
            rows.append([name, kind, info.file_size, found if kind == "file" else ""])
    return rows


def tar_kind(member):
    if member.isreg():
        return "file"
    if member.isdir():
        return "folder"
    return "link" if member.issym() or member.islnk() else "other"


def read_tar(data, mode="r:gz"):
    room = [BYTES_MAX]
    rows = []
    with tarfile.open(fileobj=io.BytesIO(data), mode=mode) as archive:
        for member in archive.getmembers():
            kind = tar_kind(member)
            found = ""
            if kind == "file":
                if member.size > BYTES_MAX:
                    raise Enough()
                with archive.extractfile(member) as stream:
                    found = digest(stream, room)
            rows.append([member.name, kind, member.size if kind == "file" else 0, found])
    return rows


def blob(archive, descriptor, limit=BYTES_MAX):
    kind, _, hexadecimal = descriptor["digest"].partition(":")
    member = archive.getmember("blobs/%s/%s" % (kind, hexadecimal))
    if not member.isreg() or member.size > limit or member.size != descriptor["size"]:
        raise ValueError("size")
    data = archive.extractfile(member).read()
    if kind != "sha256" or hashlib.sha256(data).hexdigest() != hexadecimal:
        raise ValueError("digest")
    return data


def is_index(descriptor):
    return descriptor["mediaType"].endswith(("image.index.v1+json", "manifest.list.v2+json"))


def sole(text):
    """The one image that an index leads to: attestations are beside it, and one image may be named twice."""
    known = ("image.manifest.v1+json", "distribution.manifest.v2+json", "image.index.v1+json", "manifest.list.v2+json")
    images = {}
    for found in json.loads(text)["manifests"]:
        platform = found.get("platform") or {}
        if found["mediaType"].endswith(known) and platform.get("os") != "unknown":
            images.setdefault(found["digest"], found)
    (found,) = images.values()
    return found


def read_image(data):
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        layout = json.loads(archive.extractfile("oci-layout").read())
        if layout["imageLayoutVersion"] != "1.0.0":
            raise ValueError("version")
        found = sole(archive.extractfile("index.json").read())
        if is_index(found):
            found = sole(blob(archive, found))
        manifest = json.loads(blob(archive, found))
        config = json.loads(blob(archive, manifest["config"]))
        parts = [manifest["config"], *manifest["layers"]]
        rows = [["manifest", found["digest"], found["size"], ""]]
        rows.append(["platform", config["os"], 0, config["architecture"]])
        for part in parts:
            rows.append(["blob", part["digest"], part["size"], hashlib.sha256(blob(archive, part)).hexdigest()])
        return rows


READERS = {b"Z": read_zip, b"T": read_tar, b"O": read_image}


def on_alarm(_signal, _frame):
    raise Enough()


def main():
    sys.setrecursionlimit(50_000)
    signal.signal(signal.SIGALRM, on_alarm)
    source, sink = sys.stdin.buffer, sys.stdout
    while head := source.read(5):
        kind, length = struct.unpack("<cI", head)
        data = source.read(length)
        signal.setitimer(signal.ITIMER_REAL, SECONDS_MAX)
        try:
            answer = READERS[kind](data)
        except (Exception, RecursionError, MemoryError):
            answer = None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        sink.write(json.dumps(answer) + "\n")
        sink.flush()


main()
