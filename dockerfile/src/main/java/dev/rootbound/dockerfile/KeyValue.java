package dev.rootbound.dockerfile;

/**
 * A pair of {@code ENV} or {@code LABEL}.
 *
 * @param isLegacy whether a space is between them, not {@code =}
 */
public record KeyValue(String key, String value, boolean isLegacy) {
    @Override
    public String toString() {
        return key + "=" + value;
    }
}
