package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The expected requests are what the stock docker CLI 28.2.2 sent for the same arguments. */
class CreateRequestTest {
    private static final Path CASES = Path.of("src/test/resources/create");

    /** Lists whose emptiness says something. */
    private static final Set<String> MEANT = Set.of("MaskedPaths", "ReadonlyPaths");

    /** Maps whose keys are the user's, and count whatever their value. */
    private static final Set<String> KEYED = Set.of("ExposedPorts", "Volumes", "Labels", "Tmpfs");

    /** A console of 0 by 0 is none. */
    private static final Json ZERO = new Json.Numeral("0");

    static Stream<Path> cases() throws IOException {
        try (var cases = Files.list(CASES)) {
            return cases.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isWhatDockersClientSends(Path directory) throws IOException {
        var words = Files.readAllLines(directory.resolve("arguments.txt"));
        var arguments = Arguments.parse(new CreateCommand().flags(), words);

        var request = new CreateRequest(arguments, Map.of(), Path.of("/here")).json(false);

        var expected = JsonReader.read(Files.readString(directory.resolve("expected.json")));
        assertThat(withoutZeros(JsonReader.read(JsonWriter.write(request)), ""))
                .isEqualTo(withoutZeros(expected, ""));
    }

    /** Docker's client writes every zero; the API takes absence for it. */
    private static Json withoutZeros(Json json, String name) {
        if (json instanceof Json.Array(var items))
            return new Json.Array(items.stream().map(item -> withoutZeros(item, "")).toList());
        if (!(json instanceof Json.Members(var map))) return json;
        var kept = new Json.Members();
        map.forEach((key, value) -> {
            var clean = withoutZeros(value, key);
            if (KEYED.contains(name) || !isZero(key, clean)) kept.with(key, clean);
        });
        return kept;
    }

    private static boolean isZero(String key, Json value) {
        return switch (value) {
            case Json.Null _ -> true;
            case Json.Text text -> text.value().isEmpty();
            case Json.Numeral numeral ->
                    numeral.digits().equals("0")
                            || (key.equals("MemorySwappiness") && numeral.digits().equals("-1"));
            case Json.Bool bool -> !bool.value() && !key.equals("Init");
            case Json.Array array ->
                    !MEANT.contains(key) && array.items().stream().allMatch(ZERO::equals);
            case Json.Members members -> members.map().isEmpty();
        };
    }
}
