package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cgroup's directory in one hierarchy, and its files, which only the kernel writes. */
record CgroupDirectory(Path path) {
    boolean has(String file) {
        return Files.exists(path.resolve(file));
    }

    /** Empty if there is no such file: its controller is not there, or the cgroup is gone. */
    Optional<String> text(String file) throws IOException {
        try {
            return Optional.of(Files.readString(path.resolve(file)).strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (Files.exists(path)) {
                throw e;
            }
            return Optional.empty(); // ENODEV: removed while it was read
        }
    }

    /** A number; {@code max} is {@link Long#MAX_VALUE}, no such file is 0. */
    long number(String file) throws IOException {
        return text(file).map(CgroupDirectory::parsed).orElse(0L);
    }

    private static long parsed(String text) {
        if (text.equals("max")) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Lines of {@code name number}; empty if there is no such file. */
    Map<String, Long> fields(String file) throws IOException {
        var fields = new LinkedHashMap<String, Long>();
        for (var line : text(file).orElse("").lines().toList()) {
            int space = line.indexOf(' ');
            if (space > 0) {
                fields.put(line.substring(0, space), parsed(line.substring(space + 1)));
            }
        }
        return fields;
    }

    /** write(2) in one piece, as the kernel wants it. */
    void write(String file, String value) throws IOException {
        var bytes = value.getBytes(US_ASCII);
        try (var fd = Fd.open(path.resolve(file), At.O_WRONLY | At.O_TRUNC)) {
            fd.write(bytes, 0, bytes.length);
        } catch (ErrnoException e) {
            throw new IOException(
                    "write " + value + " to " + path.resolve(file) + ": " + Errno.name(e.errno()),
                    e);
        }
    }

    /** The pids in it and in the cgroups that the container made below it. */
    List<Long> processes() throws IOException {
        var pids = new ArrayList<Long>();
        addProcesses(pids);
        return pids;
    }

    private void addProcesses(List<Long> pids) throws IOException {
        text("cgroup.procs").orElse("").lines().map(Long::valueOf).forEach(pids::add);
        try (var below = Files.newDirectoryStream(path, Files::isDirectory)) {
            for (var directory : below) {
                new CgroupDirectory(directory).addProcesses(pids);
            }
        } catch (NoSuchFileException e) {
            // removed meanwhile: nothing is in it
        }
    }
}
