namespace Tocsin.Ingest;

/// <summary>
/// Why records were not stored. Each reason is one value of the label "reason" on tocsin_ingest_rejected_total.
/// </summary>
public enum RejectReason
{
    Malformed,
    UnsupportedMediaType,
    BodyTooLarge,
    BatchTooLarge,
    RecordTooLarge,
    TooDeep,
    TooOld,
    InFuture,
    InvalidId,
    MetricsNotSupported,
    Overloaded,
    DiskFull,
    StoreFailed,
    Cancelled,
}

/// <summary>The words for reasons, as they stand in metrics and in answers to clients.</summary>
public static class RejectReasons
{
    private static readonly string[] s_labels =
    [
        "malformed", "unsupported_media_type", "body_too_large", "batch_too_large", "record_too_large", "too_deep",
        "too_old", "in_future", "invalid_id", "metrics_not_supported", "overloaded", "disk_full", "store_failed",
        "cancelled",
    ];

    public static int Count => s_labels.Length;

    public static string Label(this RejectReason reason) => s_labels[(int)reason];
}
