package dev.rootbound.app;

import dev.rootbound.rootfs.HostArchive;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** {@code rootbound cp PATH CONTAINER:PATH}. */
final class CopyIn {
    private static final int PIECE = 128 << 10;

    private final ApiClient engine;
    private final Cli cli;
    private final boolean archive;
    private final boolean followLink;

    CopyIn(ApiClient engine, Cli cli, boolean archive, boolean followLink) {
        this.engine = engine;
        this.cli = cli;
        this.archive = archive;
        this.followLink = followLink;
    }

    /** What is copied: its path with links resolved, and its name. */
    private record Source(CopyPath path, String name) {}

    void copy(String local, ContainerPath asked) throws IOException {
        var end = end(asked);
        if (local.equals("-")) {
            if (!end.isDirectory())
                throw new CliException(
                        1,
                        "destination \""
                                + asked.container()
                                + ":"
                                + asked.path().text()
                                + "\" must be a directory");
            send(asked, end.path().text(), out -> ApiClient.copy(cli.in(), out));
            return;
        }
        var source = source(local);
        boolean directory = Files.isDirectory(Path.of(source.path.clean()), nofollow(source));
        var name = CopyName.of(source.name, directory, end);
        send(asked, name.directory(), out -> write(source.path, name.name(), out));
    }

    private static LinkOption[] nofollow(Source source) {
        return source.path.asksForDirectory()
                ? new LinkOption[0]
                : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    }

    /** One that cannot be found is taken for missing: the copy itself then says why. */
    private CopyName.End end(ContainerPath asked) throws IOException {
        var stat = asked.stat(engine);
        var path = asked.path();
        if (stat != null && stat.isLink()) {
            path = path.leadingTo(stat.linkTarget());
            stat = asked.at(path).stat(engine);
        }
        return new CopyName.End(path, stat != null, stat != null && stat.isDirectory());
    }

    private Source source(String local) throws IOException {
        var asked = new CopyPath(local).absolute();
        var path = Path.of(asked.clean());
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS))
            throw new CliException(1, "lstat " + path + ": no such file or directory");
        if (asked.asksForDirectory() && !Files.isDirectory(path))
            throw new CliException(1, "not a directory");
        boolean follow = followLink || asked.asksForDirectory();
        var resolved = follow ? asked.leadingTo(path.toRealPath().toString()) : asked;
        return new Source(resolved, asked.base());
    }

    private static void write(CopyPath source, String as, java.io.OutputStream to)
            throws IOException {
        var out = new BufferedOutputStream(to, PIECE);
        byte[] base = bytes(source.base().isEmpty() ? "." : source.base());
        HostArchive.write(Path.of(source.directory()), base, bytes(as), out);
        out.flush();
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    private void send(ContainerPath asked, String directory, Connection.Body body)
            throws IOException {
        var target =
                asked.at(new CopyPath(directory))
                        .target()
                        .query("noOverwriteDirNonDir", "true")
                        .query("copyUIDGID", archive ? "true" : "");
        try (var answer = engine.upload("PUT", target, body)) {
            answer.body().readAllBytes();
        }
    }
}
