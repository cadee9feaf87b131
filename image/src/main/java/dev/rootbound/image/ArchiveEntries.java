package dev.rootbound.image;

import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The files of an archive by their names: their content is in the content store, the names are
 * never used as paths. Entries may come in any order.
 */
final class ArchiveEntries {
    private static final int MAX_ENTRIES = 10_000;
    private static final int MAX_LINKS = 10;

    private sealed interface Entry {
        record File(Blob blob) implements Entry {}

        /** To another entry, by normalised name. */
        record Link(String target) implements Entry {}
    }

    private final Map<String, Entry> entries = new HashMap<>();
    private final Work work;

    private ArchiveEntries(Work work) {
        this.work = work;
    }

    /** Reads the whole archive. */
    static ArchiveEntries read(InputStream tar, Work work) throws IOException {
        var archive = new ArchiveEntries(work);
        var reader = new TarReader(tar); // closing is the caller's
        int count = 0;
        for (var entry = reader.next(); entry != null; entry = reader.next()) {
            if (++count > MAX_ENTRIES) {
                throw new IOException("the archive has more than " + MAX_ENTRIES + " entries");
            }
            archive.add(entry, reader);
        }
        tar.transferTo(OutputStream.nullOutputStream()); // who writes it expects it read
        return archive;
    }

    private void add(TarEntry entry, TarReader reader) throws IOException {
        var name = text(entry.name());
        switch (entry.type()) {
            case FILE -> entries.put(normalised(name), file(entry, reader));
            case SYMLINK -> {
                var target = text(entry.linkName());
                var from = target.startsWith("/") ? target : name + "/../" + target;
                entries.put(normalised(name), new Entry.Link(normalised(from)));
            }
            case HARD_LINK ->
                    entries.put(
                            normalised(name), new Entry.Link(normalised(text(entry.linkName()))));
            case DIRECTORY, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> {}
        }
    }

    private Entry file(TarEntry entry, TarReader reader) throws IOException {
        if (!entry.sparse().isEmpty()) {
            throw new IOException(
                    "the archive's entry '"
                            + entry.printableName()
                            + "' is sparse: write the archive again without --sparse");
        }
        return new Entry.File(work.put(new Content(reader), null));
    }

    /** The reader's current entry as a stream. */
    private static final class Content extends InputStream {
        private final TarReader reader;

        Content(TarReader reader) {
            this.reader = reader;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return reader.read(buffer, offset, length);
        }
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }

    /** Without empty parts, dots and dots that lead out of the archive. */
    private static String normalised(String name) {
        var parts = new ArrayDeque<String>();
        for (var part : name.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    boolean has(String name) {
        return entries.containsKey(normalised(name));
    }

    /** The file of that name, links followed. */
    Optional<Blob> find(String name) throws MalformedException {
        var at = normalised(name);
        for (int links = 0; links <= MAX_LINKS; links++) {
            switch (entries.get(at)) {
                case null -> {
                    return Optional.empty();
                }
                case Entry.File(var blob) -> {
                    return Optional.of(blob);
                }
                case Entry.Link(var target) -> at = target;
            }
        }
        throw new MalformedException("the archive's links at '" + name + "' lead in a circle");
    }

    /**
     * @param namedBy what names it, for the message if it is not there
     */
    Blob get(String name, String namedBy) throws MalformedException {
        var blob = find(name).orElse(null);
        if (blob == null) {
            throw new MalformedException(
                    namedBy + " names '" + name + "', which is not in the archive");
        }
        return Objects.requireNonNull(blob);
    }

    /** The content of a document, limited in size. */
    byte[] document(Blob blob, String what) throws IOException {
        if (blob.size() > Json.MAX_DOCUMENT) {
            throw new MalformedException(
                    what + " has " + blob.size() + " bytes, the limit is " + Json.MAX_DOCUMENT);
        }
        try (var in = work.open(blob.digest())) {
            return in.readAllBytes();
        }
    }
}
