package dev.rootbound.engine;

import dev.rootbound.network.Links;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the kernel and the disk have of an engine's containers, when none should run. */
final class Leftovers {
    private static final long PATIENCE_MILLISECONDS = 3000;
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final TestEngine of;
    private final List<String> found = new ArrayList<>();

    private Leftovers(TestEngine of) {
        this.of = of;
    }

    /** A line each; empty is good. Processes have a moment to end. */
    static List<String> of(TestEngine engine) throws Exception {
        for (long end = System.currentTimeMillis() + PATIENCE_MILLISECONDS; ; Thread.sleep(20)) {
            var found = new Leftovers(engine).look();
            if (found.isEmpty() || System.currentTimeMillis() > end) {
                return found;
            }
        }
    }

    static List<String> now(TestEngine engine) throws IOException {
        return new Leftovers(engine).look();
    }

    private List<String> look() throws IOException {
        mounts();
        processes();
        descriptors();
        files("c");
        files("staging");
        files("runtime");
        cgroups();
        plugs();
        if (of.pool.leased() > 0) {
            found.add(of.pool.leased() + " leases");
        }
        return found;
    }

    /** The bridges stay for the next container, until the engine's end. */
    private void plugs() throws IOException {
        var prefix = of.linkPrefixes().getLast();
        Links.named(name -> name.startsWith(prefix)).forEach(name -> found.add("link " + name));
    }

    private void mounts() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            if (line.contains(of.run.toString())) {
                found.add("mount " + line);
            }
        }
    }

    private void processes() throws IOException {
        long own = ProcessHandle.current().pid();
        try (var all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : all) {
                var line = text(process.resolve("cmdline")).replace('\0', ' ');
                if (line.contains(of.run.toString())) {
                    found.add("process " + process + " " + line);
                }
                var stat = text(process.resolve("stat"));
                if (stat.contains(") Z " + own + " ")) {
                    found.add("zombie " + stat);
                }
            }
        }
    }

    /** It may be gone meanwhile. */
    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private void descriptors() throws IOException {
        try (var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (var fd : all) {
                var target = target(fd);
                if (target.matches("(user|net|mnt|pid|uts):\\[.*|.*pidfd.*|/dev/ptmx")
                        || target.startsWith(of.run.toString())) {
                    found.add("descriptor " + target);
                }
            }
        }
    }

    private static String target(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private void files(String directory) throws IOException {
        try (var all = Files.newDirectoryStream(of.run.resolve(directory))) {
            all.forEach(file -> found.add("file " + file));
        }
    }

    private void cgroups() throws IOException {
        var roots = new ArrayList<>(List.of(CGROUPS));
        try (var all = Files.newDirectoryStream(CGROUPS, Files::isDirectory)) {
            all.forEach(roots::add);
        }
        for (var root : roots) {
            var tenant = root.resolve("rootbound/" + TestEngine.CALLER.tenant().uid());
            if (Files.isDirectory(tenant)) {
                try (var all = Files.newDirectoryStream(tenant, Files::isDirectory)) {
                    all.forEach(cgroup -> found.add("cgroup " + cgroup));
                }
            }
        }
    }
}
