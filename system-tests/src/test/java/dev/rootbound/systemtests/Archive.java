package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes what {@code docker save} would: manifest, configuration and layers in one tar. */
final class Archive {
    private Archive() {}

    /**
     * @param config the inside of the image's {@code config} object, as JSON
     * @param layers uncompressed tars, lowest first
     */
    static Path write(Path file, String tag, String config, List<Path> layers) {
        try (var tar = new TarArchiveOutputStream(Files.newOutputStream(file), "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            var diffs =
                    layers.stream()
                            .map(layer -> "\"sha256:" + digest(layer) + "\"")
                            .collect(Collectors.joining(","));
            var json =
                    """
                    {"architecture":"amd64","os":"linux","created":"2026-01-01T00:00:00Z","config":{%s},\
                    "rootfs":{"type":"layers","diff_ids":[%s]}}\
                    """
                            .formatted(config, diffs)
                            .getBytes(UTF_8);
            var names = IntStream.range(0, layers.size()).mapToObj(n -> n + "/layer.tar").toList();
            var manifest =
                    """
                    [{"Config":"config.json","RepoTags":["%s"],"Layers":[%s]}]\
                    """
                            .formatted(
                                    tag,
                                    names.stream()
                                            .map(name -> "\"" + name + "\"")
                                            .collect(Collectors.joining(",")));
            put(tar, "manifest.json", manifest.getBytes(UTF_8));
            put(tar, "config.json", json);
            for (var n = 0; n < layers.size(); n++) {
                var entry = new TarArchiveEntry(names.get(n));
                entry.setSize(Files.size(layers.get(n)));
                tar.putArchiveEntry(entry);
                Files.copy(layers.get(n), tar);
                tar.closeArchiveEntry();
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with layers in memory. */
    static Path write(Path directory, String tag, String config, Layer... layers) {
        try {
            var name = tag.replaceAll("[^a-z0-9]+", "-");
            var files = new java.util.ArrayList<Path>();
            for (var n = 0; n < layers.length; n++)
                files.add(
                        Files.write(
                                directory.resolve(name + "." + n + ".layer"), layers[n].bytes()));
            var archive = write(directory.resolve(name + ".tar"), tag, config, files);
            for (var file : files) Files.delete(file);
            return archive;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] content)
            throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static String digest(Path file) {
        try (var in = Files.newInputStream(file)) {
            return digest(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sha256 digest, in hexadecimal. */
    static String digest(InputStream content) throws IOException {
        try {
            var in = new DigestInputStream(content, MessageDigest.getInstance("SHA-256"));
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
