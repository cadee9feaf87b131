package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** ARCHITECTURE.md's table of modules is what the module descriptors say. */
class ArrowsTest {
    private static final String OURS = "dev.rootbound.";

    @Test
    void arrowsAreAsDrawn() throws IOException {
        var real = descriptors();
        assertThat(real).hasSizeGreaterThan(8).isEqualTo(drawn());
    }

    @Test
    void everyModuleIsOnePackage() throws IOException {
        for (var module : modules())
            assertThat(module.packages()).as(module.name()).containsExactly(module.name());
    }

    @Test
    void whoReadsOciOrIdmapAloneNeedsNoKernel() throws IOException {
        assertThat(descriptors().get("idmap")).isEmpty();
        assertThat(descriptors().get("oci")).isEmpty();
        assertThat(descriptors().get("linux")).isEmpty();
    }

    /** Lines such as {@code | `rootfs` | layers … | linux, idmap, image |}. */
    private static Map<String, Set<String>> drawn() throws IOException {
        var arrows = new TreeMap<String, Set<String>>();
        for (var line : Files.readAllLines(Shell.CHECKOUT.resolve("ARCHITECTURE.md"))) {
            var cells = line.split("\\|", -1);
            if (cells.length != 5 || !cells[1].strip().startsWith("`")) continue;
            var required = cells[3].strip();
            arrows.put(
                    cells[1].strip().replace("`", ""),
                    required.equals("–")
                            ? Set.of()
                            : new TreeSet<>(Arrays.asList(required.split(", ", -1))));
        }
        return arrows;
    }

    private static Map<String, Set<String>> descriptors() throws IOException {
        return modules().stream()
                .collect(
                        Collectors.toMap(
                                ArrowsTest::shortName,
                                ArrowsTest::required,
                                (a, _) -> a,
                                TreeMap::new));
    }

    private static Set<ModuleDescriptor> modules() throws IOException {
        try (var directories = Files.list(Shell.CHECKOUT)) {
            var classes =
                    directories
                            .map(directory -> directory.resolve("target/classes"))
                            .filter(dir -> Files.exists(dir.resolve("module-info.class")))
                            .toArray(Path[]::new);
            return ModuleFinder.of(classes).findAll().stream()
                    .map(ModuleReference::descriptor)
                    .collect(Collectors.toSet());
        }
    }

    private static String shortName(ModuleDescriptor module) {
        return module.name().substring(OURS.length());
    }

    private static Set<String> required(ModuleDescriptor module) {
        return module.requires().stream()
                .map(ModuleDescriptor.Requires::name)
                .filter(name -> name.startsWith(OURS))
                .map(name -> name.substring(OURS.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
