package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree packed by GNU tar and unpacked by us is the tree, its owners shifted. */
@Tag("kernel")
class GnuTarLayerTest {
    @TempDir Path temp;

    private static final String MAKE =
            """
            umask 022; mkdir -p a/b/empty 'odd name'
            head -c 700000 /dev/urandom >a/random; printf x >a/b/one; : >a/none
            ln a/random a/b/linked; ln -s ../random a/b/soft; ln -s /nowhere a/gone; mkfifo a/pipe
            mknod a/null c 1 3; truncate -s 3M a/hole; printf end >>a/hole
            printf y >"a/$(printf 'caf\\303\\251\\377')"; printf z >a/$(printf 'n%.0s' $(seq 200))
            cp /bin/true a/capable; chown 12:34 a/capable; setcap cap_net_raw+ep a/capable
            chown -h 1000:65535 a/b/soft a/none; chmod 4711 a/b/one; chmod 1777 a/b/empty; chmod 0 a/none
            touch -d '2001-02-03 04:05:06.123456789' a/b/one a/pipe; touch -hd 1999-01-01 a/gone
            touch -d '1990-05-05 05:05:05.5' a/b a .
            """;

    private List<String> run(Path dir, String... command) throws Exception {
        var process =
                new ProcessBuilder(command)
                        .directory(dir.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        var lines = new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return lines;
    }

    @Test
    void theTreeIsTheSame() throws Exception {
        var source = Files.createDirectory(temp.resolve("source"));
        run(source, "sh", "-ec", MAKE);
        var archive = temp.resolve("tar");
        run(
                source,
                "tar",
                "--format=pax",
                "--sparse",
                "--xattrs",
                "--xattrs-include=*",
                "-cf",
                archive.toString(),
                ".");
        try (var layer = new TestLayer(temp);
                var in = Files.newInputStream(archive)) {
            layer.unpack(in);
            assertThat(tree(layer.path, 0)).isEqualTo(tree(source, TestLayer.FOREIGN)).hasSize(17);
            assertThat(sums(layer.path)).isEqualTo(sums(source)).hasSize(8);
            assertThat(layer.xattr("a/capable", "security.capability")).hasSize(24);
        }
    }

    private List<String> tree(Path dir, long shift) throws Exception {
        var format = "%U %G %m %y %n %T@ %l %P\\n";
        return run(dir, "find", ".", "-printf", format).stream()
                .map(line -> {
                    var fields = line.split(" ", 3);
                    return (Long.parseLong(fields[0]) + shift)
                            + ":"
                            + (Long.parseLong(fields[1]) + shift)
                            + " "
                            + fields[2];
                })
                .sorted()
                .toList();
    }

    private List<String> sums(Path dir) throws Exception {
        return run(dir, "sh", "-c", "find . -type f -exec sha256sum {} + | sort");
    }
}
