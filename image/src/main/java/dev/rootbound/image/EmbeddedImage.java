package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.Platform;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The image that is there without a registry, {@code rootbound/busybox:latest}, made of the host's
 * static busybox. The same busybox gives the same image.
 */
public final class EmbeddedImage {
    public static final Reference NAME = Reference.parse("rootbound/busybox:latest");

    /** Where Debian, Fedora and Alpine install it. */
    public static final List<Path> CANDIDATES =
            List.of(
                    Path.of("/bin/busybox"),
                    Path.of("/usr/bin/busybox"),
                    Path.of("/sbin/busybox"),
                    Path.of("/bin/busybox.static"));

    private static final String CREATED = "2026-01-01T00:00:00Z";
    private static final String PATH =
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Pattern APPLET = Pattern.compile("[A-Za-z0-9_\\[\\]+.-]+");

    private static final String PASSWD =
            """
            root:x:0:0:root:/root:/bin/sh
            daemon:x:1:1:daemon:/usr/sbin:/bin/false
            bin:x:2:2:bin:/bin:/bin/false
            sys:x:3:3:sys:/dev:/bin/false
            sync:x:4:100:sync:/bin:/bin/sync
            mail:x:8:8:mail:/var/spool/mail:/bin/false
            www-data:x:33:33:www-data:/var/www:/bin/false
            operator:x:37:37:Operator:/var:/bin/false
            nobody:x:65534:65534:nobody:/home:/bin/false
            """;
    private static final String GROUP =
            """
            root:x:0:
            daemon:x:1:
            bin:x:2:
            sys:x:3:
            adm:x:4:
            tty:x:5:
            disk:x:6:
            mail:x:8:
            wheel:x:10:root
            www-data:x:33:
            operator:x:37:
            shadow:x:42:
            users:x:100:
            nobody:x:65534:
            """;

    private final Images images;
    private final ContentStore content;
    private final LayerSink sink;

    public EmbeddedImage(Images images, ContentStore content, LayerSink sink) {
        this.images = images;
        this.content = content;
        this.sink = sink;
    }

    /**
     * The first that is a static program.
     *
     * @throws IOException naming the package to install if there is none
     */
    public static Path busybox(List<Path> candidates) throws IOException {
        for (var candidate : candidates) {
            if (Files.isRegularFile(candidate) && Elf.isStatic(candidate)) return candidate;
        }
        throw new IOException(
                "make "
                        + NAME
                        + ": no static busybox among "
                        + candidates
                        + "; install the package busybox-static");
    }

    /**
     * Adds the image for a tenant.
     *
     * @param busybox a static program, of this host's architecture
     * @param applets what {@code busybox --list} prints, a name each
     */
    public Image add(long tenant, Path busybox, List<String> applets, Platform host)
            throws IOException {
        var tar = layer(Files.readAllBytes(busybox), applets);
        try (var work = new Work(images, content, sink)) {
            var blob = work.put(new ByteArrayInputStream(tar), null);
            var layer = work.unpack(blob.digest(), blob.digest());
            var addition =
                    new Images.Addition(
                            config(blob.digest(), host),
                            Optional.empty(),
                            List.of(layer),
                            List.of(NAME));
            return work.add(tenant, List.of(addition)).getFirst();
        }
    }

    private static byte[] layer(byte[] busybox, List<String> applets) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarWriter(bytes)) {
            for (var name : List.of("bin", "dev", "etc", "home", "proc", "run", "sbin", "sys")) {
                tar.directory(name, 0755);
            }
            tar.directory("root", 0700);
            tar.directory("tmp", 01777);
            for (var name : List.of("usr", "usr/bin", "usr/sbin", "var", "var/www")) {
                tar.directory(name, 0755);
            }
            tar.directory("var/tmp", 01777);
            tar.file("bin/busybox", 0755, busybox);
            for (var applet : new TreeSet<>(applets)) {
                if (!applet.equals("busybox")) tar.symlink("bin/" + checked(applet), "busybox");
            }
            tar.symlink("usr/bin/env", "/bin/env");
            tar.file("etc/passwd", 0644, text(PASSWD));
            tar.file("etc/group", 0644, text(GROUP));
            tar.file("etc/shadow", 0600, text("root:*:::::::\n"));
        }
        return bytes.toByteArray();
    }

    private static String checked(String applet) throws IOException {
        if (!APPLET.matcher(applet).matches()) {
            throw new IOException("make " + NAME + ": busybox lists a command '" + applet + "'");
        }
        return applet;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] config(Digest diffId, Platform host) {
        var document = new TreeMap<String, Object>();
        document.put("architecture", host.architecture());
        if (!host.variant().isEmpty()) document.put("variant", host.variant());
        document.put("os", host.os());
        document.put("created", CREATED);
        document.put("config", new TreeMap<>(Map.of("Cmd", List.of("sh"), "Env", List.of(PATH))));
        document.put(
                "history",
                List.of(
                        new TreeMap<>(
                                Map.of("created", CREATED, "created_by", "rootbound: busybox"))));
        document.put("rootfs", Commit.rootfs(List.of(diffId)));
        return Json.write(document);
    }
}
