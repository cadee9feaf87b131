package dev.rootbound.dockerfile;

/** Where files come from: what {@code FROM}, {@code --from} and {@code from=} name. */
public sealed interface Origin {
    /** The context that is sent with the build. */
    record BuildContext() implements Origin {}

    /** A context that the build is given by name ({@code --build-context}). */
    record NamedContext(String name) implements Origin {}

    /** A stage of this file. */
    record OfStage(int number) implements Origin {}

    /** An image; the reference is as written, expanded. */
    record OfImage(String reference) implements Origin {}

    /** Nothing: {@code scratch}. */
    record Scratch() implements Origin {}
}
