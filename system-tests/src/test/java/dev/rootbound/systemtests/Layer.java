package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A layer of an image in the making, as an uncompressed tar; names are taken as they are. */
final class Layer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

    Layer() {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    /** An owner and a mode; who and what a file is, besides its bytes. */
    record Meta(int mode, long uid, long gid, Map<String, String> pax) {
        static Meta mode(int mode) {
            return new Meta(mode, 0, 0, Map.of());
        }

        Meta owner(long newUid, long newGid) {
            return new Meta(mode, newUid, newGid, pax);
        }

        Meta xattr(String name, String value) {
            return new Meta(mode, uid, gid, Map.of("SCHILY.xattr." + name, value));
        }
    }

    Layer dir(String name, Meta meta) {
        return add(
                TarConstants.LF_DIR, name.endsWith("/") ? name : name + "/", "", meta, new byte[0]);
    }

    Layer file(String name, Meta meta, byte[] content) {
        return add(TarConstants.LF_NORMAL, name, "", meta, content);
    }

    Layer file(String name, String content) {
        return file(name, Meta.mode(0644), content.getBytes(UTF_8));
    }

    Layer symlink(String name, String target) {
        return add(TarConstants.LF_SYMLINK, name, target, Meta.mode(0777), new byte[0]);
    }

    Layer hardLink(String name, String target) {
        return add(TarConstants.LF_LINK, name, target, Meta.mode(0644), new byte[0]);
    }

    Layer blockDevice(String name, int major, int minor) {
        var entry = entry(TarConstants.LF_BLK, name, Meta.mode(0666));
        entry.setDevMajor(major);
        entry.setDevMinor(minor);
        return put(entry, new byte[0]);
    }

    Layer fifo(String name) {
        return add(TarConstants.LF_FIFO, name, "", Meta.mode(0644), new byte[0]);
    }

    private Layer add(byte type, String name, String target, Meta meta, byte[] content) {
        var entry = entry(type, name, meta);
        if (!target.isEmpty()) entry.setLinkName(target);
        entry.setSize(content.length);
        return put(entry, content);
    }

    private static TarArchiveEntry entry(byte type, String name, Meta meta) {
        var entry = new TarArchiveEntry(name, type, true);
        entry.setMode(meta.mode());
        // the docker CLI takes for an archive only what has a whole header in the first 512 bytes
        entry.setModTime(entry.getLastModifiedTime().toMillis() / 1000 * 1000);
        entry.setIds(0, 0);
        entry.setUserId(meta.uid());
        entry.setGroupId(meta.gid());
        meta.pax().forEach(entry::addPaxHeader);
        return entry;
    }

    private Layer put(TarArchiveEntry entry, byte[] content) {
        try {
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] bytes() {
        try {
            tar.close();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
