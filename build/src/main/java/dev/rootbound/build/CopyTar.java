package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarOutput;
import dev.rootbound.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The tar of files that are copied: made as it is read, whatever their size. */
final class CopyTar extends PieceInput {
    private static final int PIECE = 256 << 10;

    /**
     * A file that is copied with all in it.
     *
     * @param path where it goes, without a slash at the start, a char a byte
     * @param files whose it is; {@code null} for a directory that is made
     * @param isChanged whether owner and mode become those that are asked for
     */
    record Member(String path, SourceFile file, @Nullable SourceFiles files, boolean isChanged) {
        Member(String path, SourceFile file, @Nullable SourceFiles files) {
            this(path, file, files, true);
        }

        /** What is in a directory, in the order of names. */
        List<Member> children() {
            var above = path.isEmpty() ? "" : path + "/";
            return file.children().entrySet().stream()
                    .map(child -> new Member(above + child.getKey(), child.getValue(), files))
                    .toList();
        }

        /** A directory that only leads to what is copied. */
        static Member onTheWay(String path, TarEntry entry) {
            return new Member(path, SourceFile.directory(entry), null, false);
        }
    }

    private final Deque<Member> left;
    private final UnaryOperator<TarEntry> change;
    private final IdentityHashMap<SourceFile, String> first;
    private final Buffer buffer = new Buffer();
    private final TarOutput tar = new TarOutput(buffer);
    private final byte[] piece = new byte[PIECE];
    private @Nullable Member current;
    private long position;
    private boolean ended;

    /**
     * @param change of owner and mode
     */
    CopyTar(List<Member> members, UnaryOperator<TarEntry> change) {
        this(members, change, new IdentityHashMap<>());
    }

    private CopyTar(
            List<Member> members,
            UnaryOperator<TarEntry> change,
            IdentityHashMap<SourceFile, String> first) {
        this.left = new ArrayDeque<>(members);
        this.change = change;
        this.first = first;
    }

    /** Of what comes after this: its hard links may lead to files of this one. */
    CopyTar next(List<Member> members, UnaryOperator<TarEntry> change) {
        return new CopyTar(members, change, first);
    }

    /** Bytes that were written and not yet read. */
    private static final class Buffer extends ByteArrayOutputStream {
        private int at;

        int take(byte[] bytes, int offset, int length) {
            int taken = Math.min(length, count - at);
            System.arraycopy(buf, at, bytes, offset, taken);
            at += taken;
            if (at == count) {
                reset();
                at = 0;
            }
            return taken;
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) return 0;
        while (buffer.size() == 0 && !ended) fill();
        return buffer.size() == 0 ? -1 : buffer.take(bytes, offset, length);
    }

    private void fill() throws IOException {
        if (current != null && position < current.file.stored()) {
            var source = Objects.requireNonNull(current.files);
            int got = source.read(current.file, position, piece, 0, piece.length);
            tar.write(piece, 0, got);
            position += got;
        } else if (left.isEmpty()) {
            tar.finish();
            ended = true;
        } else {
            begin(left.pop());
        }
    }

    private void begin(Member member) throws IOException {
        current = null;
        position = 0;
        var file = member.file;
        var name = member.path.getBytes(ISO_8859_1);
        if (file.isDirectory()) {
            var directory = file.entry().named((member.path + "/").getBytes(ISO_8859_1));
            tar.begin(member.isChanged ? change.apply(directory) : directory);
            member.children().reversed().forEach(left::push);
            return;
        }
        var before = first.putIfAbsent(file, member.path);
        if (before != null) {
            tar.begin(change.apply(hardLink(file.entry(), name, before.getBytes(ISO_8859_1))));
            return;
        }
        tar.begin(change.apply(file.entry().named(name)));
        if (file.stored() > 0) current = member;
    }

    private static TarEntry hardLink(TarEntry entry, byte[] name, byte[] target) {
        return new TarEntry(
                name,
                TarEntry.Type.HARD_LINK,
                entry.mode(),
                entry.uid(),
                entry.gid(),
                null,
                0,
                entry.mtimeSeconds(),
                entry.mtimeNanos(),
                target,
                0,
                0,
                Map.of(),
                List.of());
    }

    /** Of what is copied, but not of when it was changed: what makes one copy equal another. */
    static Digest digest(List<Member> members, UnaryOperator<TarEntry> change) {
        var sha256 = Hashes.sha256();
        var left = new ArrayDeque<>(members);
        while (!left.isEmpty()) {
            var member = left.pop();
            add(sha256, member, change.apply(member.file.entry()));
            for (var child : member.file.children().descendingMap().entrySet()) {
                var path = member.path + "/" + child.getKey();
                left.push(new Member(path, child.getValue(), member.files));
            }
        }
        return Hashes.end(sha256);
    }

    private static void add(MessageDigest sha256, Member member, TarEntry entry) {
        var text =
                String.join(
                        "\0",
                        member.path,
                        entry.type().name(),
                        Integer.toOctalString(entry.mode()),
                        Long.toString(entry.uid()),
                        Long.toString(entry.gid()),
                        new String(entry.linkName(), ISO_8859_1),
                        Integer.toString(entry.deviceMajor()),
                        Integer.toString(entry.deviceMinor()),
                        String.valueOf(Objects.requireNonNullElse(member.file.digest(), "")),
                        "");
        sha256.update(text.getBytes(UTF_8));
        for (var run : entry.sparse()) { // the content is these runs', without the holes
            sha256.update((run.offset() + "+" + run.length() + "\0").getBytes(UTF_8));
        }
        sha256.update((entry.size() + "\0").getBytes(UTF_8));
        new TreeMap<>(entry.xattrs())
                .forEach((name, value) -> {
                    sha256.update((name + "\0" + value.length + "\0").getBytes(UTF_8));
                    sha256.update(value);
                });
    }
}
