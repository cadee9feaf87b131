package dev.rootbound.network;

import java.nio.ByteBuffer;

/** What is done about a message. */
sealed interface Response {
    /** Nothing: it asks nothing. */
    record None() implements Response {}

    /** This is sent. */
    record Reply(ByteBuffer message) implements Response {}

    /** Others are asked. */
    record Forward(Query query) implements Response {}
}
