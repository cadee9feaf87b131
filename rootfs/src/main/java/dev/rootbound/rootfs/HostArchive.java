package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarReader;
import dev.rootbound.linux.Dir;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A user's own files to and from archives, by descriptors: the client's side of a copy. An archive
 * that comes out of a container is hostile, and writes nothing outside of the directory.
 */
public final class HostArchive {
    private static final CopyRules KEEP_KINDS = new CopyRules(true, null, Set.of());

    private static final String CAPABILITY = "security.capability";

    private HostArchive() {}

    /** The host's files as they are; of the attributes, what Docker sends. */
    static final FileView AS_IS =
            new FileView() {
                @Override
                public long id(long outside) {
                    return outside;
                }

                @Override
                public Map<String, byte[]> attributes(Map<String, byte[]> outside) {
                    var value = outside.get(CAPABILITY);
                    return value == null ? Map.of() : Map.of(CAPABILITY, value);
                }
            };

    /**
     * Writes a tar of a file, a link, or a directory and all in it.
     *
     * @param name in the directory; {@code .} is the directory itself
     * @param as its name in the tar
     */
    public static void write(Path directory, byte[] name, byte[] as, OutputStream out)
            throws IOException {
        var archive = new RootArchive(out, AS_IS);
        try (var parent = MergedDirectory.root(List.of(Dir.open(directory)))) {
            if (Bytes.text(name).equals(".")) {
                archive.whole(parent, slashed(as));
            } else {
                write(archive, parent, name, as);
            }
        }
        archive.finish();
    }

    /** Which names of a tree are written; asked directory by directory. */
    public interface Choice {
        /** Of a name in the directory that this is of. */
        Choice below(String name);

        /** Whether it is written. */
        boolean isChosen();

        /** Whether something in a directory may be written although the directory itself is not. */
        boolean mayBeBelow();
    }

    /**
     * Writes a tar of what is chosen below a directory, as what a build gets: whoever owns it here,
     * there it is root's. A directory is also written for what is chosen in it.
     *
     * @param choice of the directory itself, which is not written
     * @param added files besides, by name
     * @throws IOException also for what its user may not read; it names the file
     */
    public static void writeContext(
            Path directory, Choice choice, Map<String, byte[]> added, OutputStream out)
            throws IOException {
        var archive = new ContextArchive(out);
        for (var file : added.entrySet()) archive.add(file.getKey(), file.getValue());
        try (var root = Dir.open(directory)) {
            archive.directory(root, choice);
        }
        archive.finish();
    }

    private static void write(RootArchive archive, MergedDirectory parent, byte[] name, byte[] as)
            throws IOException {
        var named =
                parent.lookup(name)
                        .orElseThrow(() -> new NoSuchFileException(Bytes.show(Bytes.text(name))));
        if (!named.stat().isDirectory()) {
            archive.file(named.part(), name, as);
            return;
        }
        try (var below = parent.below(name)) {
            archive.whole(below, slashed(as));
        }
    }

    private static byte[] slashed(byte[] name) {
        return Bytes.of(Bytes.text(name) + "/");
    }

    /**
     * What is unpacked and how.
     *
     * @param from the name in the archive of what it holds
     * @param to the name that it gets
     * @param keepOwners owners, set-ID bits and file capabilities as in the archive; else all is
     *     the user's, without any
     */
    public record Unpacking(String from, String to, boolean keepOwners) {
        private TarEntry adapted(TarEntry entry) {
            var link = entry.type() == TarEntry.Type.HARD_LINK;
            var renamed =
                    entry.named(renamed(entry.name()))
                            .linkedTo(link ? renamed(entry.linkName()) : entry.linkName());
            return keepOwners ? renamed : renamed.withoutPrivileges();
        }

        private byte[] renamed(byte[] name) {
            var text = Bytes.text(name);
            var old = from.equals("/") ? "" : utf8(from);
            return text.startsWith(old) ? Bytes.of(utf8(to) + text.substring(old.length())) : name;
        }

        private static String utf8(String name) {
            return Bytes.text(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    /** Unpacks a tar into a directory, over what is there, but no directory over something else. */
    public static void unpack(InputStream archive, Path directory, Unpacking how)
            throws IOException {
        @SuppressWarnings("resource") // whose stream it is closes it
        var tar = new TarReader(archive);
        var ids = how.keepOwners() ? HostIds.ARCHIVES : HostIds.USERS;
        try (var root = Dir.open(directory);
                var unpacker =
                        new ArchiveUnpacker(
                                tar,
                                root,
                                Destination.of(new byte[0]),
                                ids,
                                KEEP_KINDS,
                                how::adapted)) {
            var _ = unpacker.unpack();
        }
    }
}
