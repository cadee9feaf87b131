package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class UserNamespaceTest {
    private static final String MAP = "0 1879048192 65536\n";

    private static long ownChildren() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/task"))) {
            return all.mapToLong(
                            t -> {
                                try {
                                    return Files.readString(t.resolve("children")).split(" ").length
                                            - 1L;
                                } catch (IOException e) {
                                    return 0;
                                }
                            })
                    .sum();
        }
    }

    @Test
    void aNamespaceOutlivesTheMomentThatMadeIt() throws Exception {
        try (var ns = UserNamespace.createWithNetwork(MAP, MAP)) {
            assertThat(Files.readSymbolicLink(ns.user().path()).toString()).startsWith("user:[");
            assertThat(Files.readSymbolicLink(ns.user().path()))
                    .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/user")));
        }
        assertThat(ownChildren()).isZero();
    }

    @Test
    void manyAtOnceAreManyAndLeaveNoProcess() throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var made =
                    java.util.stream.IntStream.range(0, 200)
                            .mapToObj(_ ->
                                    tasks.submit(() -> {
                                        try (var ns = UserNamespace.create(MAP, MAP)) {
                                            return Files.readSymbolicLink(ns.user().path())
                                                    .toString();
                                        }
                                    }))
                            .toList();
            for (var name : made) {
                assertThat(name.get()).startsWith("user:[");
            }
        }
        assertThat(ownChildren()).isZero();
    }
}
