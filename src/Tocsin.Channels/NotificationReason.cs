using System.Text.Json.Serialization;

namespace Tocsin.Channels;

/// <summary>Why somebody is being told.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NotificationReason>))]
public enum NotificationReason
{
    [JsonStringEnumMemberName("firing")] Firing,

    /// <summary>Resolved before, and there again within the re-open window.</summary>
    [JsonStringEnumMemberName("reopened")] Reopened,

    /// <summary>Known already, but now with a higher priority.</summary>
    [JsonStringEnumMemberName("escalated")] Escalated,

    /// <summary>Over, by recovery, by a person or by expiry.</summary>
    [JsonStringEnumMemberName("resolved")] Resolved,

    /// <summary>Several notifications in one message, because the channel's rate limit held them back.</summary>
    [JsonStringEnumMemberName("digest")] Digest,

    /// <summary>Somebody tries the channel.</summary>
    [JsonStringEnumMemberName("test")] Test,
}
