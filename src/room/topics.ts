/** Topics of LiveKit's data streams that agents use. @see https://docs.livekit.io/agents/build/text/ */
export const TRANSCRIPTION_TOPIC = "lk.transcription";
/** Texts that person and agent write to each other. */
export const CHAT_TOPIC = "lk.chat";
/** What was said before the agent was there, as bytes. */
export const EARLY_SPEECH_TOPIC = "lk.agent.pre-connect-audio-buffer";

/** Attributes of a transcription's stream. */
export const SEGMENT_ID = "lk.segment_id";
/** "true" when nothing of the segment will change any more. */
export const IS_FINAL = "lk.transcription_final";
/** Track that was transcribed. */
export const TRANSCRIBED_TRACK = "lk.transcribed_track_id";
/** Attribute of the agent itself: what it is doing. */
export const AGENT_STATE = "lk.agent.state";
/** Attribute of who publishes for somebody else, such as an avatar for its agent: that participant's identity. */
export const ON_BEHALF_OF = "lk.publish_on_behalf";
