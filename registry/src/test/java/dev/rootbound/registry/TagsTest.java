package dev.rootbound.registry;

import static dev.rootbound.registry.StubRegistry.answer;
import static dev.rootbound.registry.StubRegistry.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TagsTest {
    private static final String LIST = "GET /v2/app/tags/list";

    private StubRegistry registry;

    @BeforeEach
    void start() throws IOException {
        registry = StubRegistry.http();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private List<String> tags() throws Exception {
        try (var remote = registry.open(StubRegistry.QUICK)) {
            return remote.tags();
        }
    }

    @Test
    void tagsOverSeveralPagesAreOneList() throws Exception {
        var next = "</v2/app/tags/list?last=b&n=2>; rel=\"next\"";
        registry.next(
                LIST,
                status(200, "{\"tags\":[\"a\",\"b\"]}", "Link", next),
                status(200, "{\"tags\":[\"c\"]}"));
        assertThat(tags()).containsExactly("a", "b", "c");
        assertThat(registry.asked(LIST + "?last=b&n=2")).hasSize(1);
    }

    @Test
    void noTagsAreAnEmptyList() throws Exception {
        registry.next(LIST, status(200, "{\"name\":\"app\",\"tags\":null}"));
        assertThat(tags()).isEmpty();
    }

    @Test
    void pagesWithoutEndAreGivenUp() {
        registry.always(LIST, status(200, "{\"tags\":[\"a\"]}", "Link", "<list>; rel=next"));
        assertThatThrownBy(this::tags)
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("does not end");
    }

    @Test
    void manyLongPagesAreGivenUpBeforeTheyFillTheMemory() {
        var page = ("{\"tags\":[\"" + "a".repeat(4_000_000) + "\"]}").getBytes(UTF_8);
        registry.always(
                LIST,
                exchange -> {
                    exchange.getResponseHeaders().set("Link", "<list?more>; rel=next");
                    answer(exchange, 200, page);
                });
        assertThatThrownBy(this::tags).hasMessageContaining("does not end");
        assertThat(registry.asked(LIST)).hasSizeLessThan(12);
    }

    @Test
    void aPageElsewhereIsNotAskedForLessSafely() {
        registry.next(LIST, status(200, "{\"tags\":[]}", "Link", "<file:///etc>; rel=next"));
        assertThatThrownBy(this::tags).hasMessageContaining("no address that is as safe");
    }
}
