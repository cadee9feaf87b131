package dev.rootbound.app;

import dev.rootbound.rootfs.HostArchive;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code rootbound cp CONTAINER:PATH PATH}. */
final class CopyOut {
    private final ApiClient engine;
    private final Cli cli;
    private final boolean keepOwners;
    private final boolean followLink;

    CopyOut(ApiClient engine, Cli cli, boolean keepOwners, boolean followLink) {
        this.engine = engine;
        this.cli = cli;
        this.keepOwners = keepOwners;
        this.followLink = followLink;
    }

    void copy(ContainerPath asked, String local) throws IOException {
        if (!local.equals("-")) checkParent(local);
        var source = followLink ? followed(asked) : asked;
        try (var answer = engine.open("GET", source.target(), null)) {
            if (local.equals("-")) {
                answer.body().transferTo(cli.out());
                cli.out().flush();
                return;
            }
            var stat =
                    ContainerPath.Stat.parse(
                            answer.headers().getOrDefault("x-docker-container-path-stat", ""));
            var name = CopyName.of(asked.path().base(), stat.isDirectory(), end(local));
            var how = new HostArchive.Unpacking(source.path().base(), name.name(), keepOwners);
            HostArchive.unpack(answer.body(), Path.of(name.directory()), how);
            answer.body().transferTo(OutputStream.nullOutputStream()); // cut short or whole
        }
    }

    private ContainerPath followed(ContainerPath asked) throws IOException {
        var stat = asked.stat(engine);
        if (stat == null || !stat.isLink()) return asked;
        return asked.at(asked.path().leadingTo(stat.linkTarget()));
    }

    private static void checkParent(String local) {
        var parent = Path.of(new CopyPath(local).absolute().clean()).getParent();
        if (parent != null && !Files.isDirectory(parent))
            throw new CliException(
                    1, "invalid output path: directory \"" + parent + "\" does not exist");
    }

    private static CopyName.End end(String local) throws IOException {
        var asked = new CopyPath(local).absolute();
        var path = Path.of(asked.clean());
        if (Files.exists(path)) {
            var real = new CopyPath(path.toRealPath().toString());
            return new CopyName.End(real, true, Files.isDirectory(path));
        }
        if (!Files.isSymbolicLink(path)) return new CopyName.End(asked, false, false);
        var target = path.resolveSibling(Files.readSymbolicLink(path));
        return new CopyName.End(new CopyPath(target.toString()), false, false);
    }
}
