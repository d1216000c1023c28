using System.Diagnostics.CodeAnalysis;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace TocsinSdk.BlackBox;

/// <summary>
/// Offsets and sizes of black-box.bin, version 1; docs/formats/black-box.md has the same table in prose.
/// </summary>
internal static class BlackBoxLayout
{
    public const string FileName = "black-box.bin";
    public const uint Version = 1;
    public static ReadOnlySpan<byte> Magic => "TOCSINBB"u8;

    // Identity: written once, before the first heartbeat, sealed by IdentityCrc.
    public const int FileSizeAt = 12, StartTimeAt = 16, PidAt = 24, IdentityCrcAt = 28;

    // Cells: changed while the process runs; aligned, so each is read whole.
    public const int HeartbeatAt = 64, PoolHeartbeatAt = 72, StopTimeAt = 80, StopSignalAt = 88, CleanExitAt = 92,
        ExitCodeAt = 96, CrashStateAt = 100, PeriodAt = 104, MemoryRanOutAt = 112, CrashIdAt = 128, CrashIdSize = 64;

    // Identity texts: a little-endian u16 length, then UTF-8.
    public const int RunIdAt = 256, BootIdAt = 320, ServiceAt = 384, ReleaseAt = 640, EnvironmentAt = 768, HostAt = 896,
        RuntimeAt = 1152, CommandAt = 1280, IdentityEnd = 1792;

    public const int HeaderSize = 4096;
    public const int LogSlots = 128, LogSlotSize = 1024, LogsAt = HeaderSize;
    public const int CrumbSlots = 64, CrumbSlotSize = 512, CrumbsAt = LogsAt + LogSlots * LogSlotSize;
    public const int ActivitySlots = 64, ActivitySlotSize = 256, ActivitiesAt = CrumbsAt + CrumbSlots * CrumbSlotSize;
    public const int TotalSize = ActivitiesAt + ActivitySlots * ActivitySlotSize;

    // Every slot: sequence (0 = empty), CRC-32C over sequence and payload, payload length, payload.
    public const int SlotCrcAt = 8, SlotLengthAt = 12, SlotPayloadAt = 16;

    /// <summary>
    /// CRC-32C (Castagnoli) over whole words, then bytes; seeded so that an old payload fits no new sequence.
    /// </summary>
    public static uint Crc(ulong seed, ReadOnlySpan<byte> bytes)
    {
        var crc = BitOperations.Crc32C(0xFFFFFFFFu, seed);
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}

/// <summary>How far the crash handler of the process came.</summary>
internal enum CrashState
{
    None = 0,

    /// <summary>The handler was entered; crash.json may or may not be complete.</summary>
    Entered = 1,

    /// <summary>crash.json is complete and synced.</summary>
    Written = 2,

    /// <summary>The server has answered that it has the record.</summary>
    Delivered = 3,
}

/// <summary>What a black box says about one run of a process. Times are UTC; null means never.</summary>
internal sealed record BlackBoxSnapshot
{
    public required string RunId { get; init; }
    public required string BootId { get; init; }
    public required string Service { get; init; }
    public string? Release { get; init; }
    public string? Environment { get; init; }
    public required string Host { get; init; }
    public string? Runtime { get; init; }
    public string? Command { get; init; }
    public required int Pid { get; init; }
    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? Heartbeat { get; init; }

    /// <summary>
    /// When the thread pool last answered; much older than <see cref="Heartbeat"/> means it is starved.
    /// </summary>
    public DateTimeOffset? PoolHeartbeat { get; init; }

    /// <summary>How often <see cref="Heartbeat"/> is renewed.</summary>
    public TimeSpan HeartbeatPeriod { get; init; }

    /// <summary>When somebody asked the process to stop; a death after that is no crash.</summary>
    public DateTimeOffset? StopRequested { get; init; }

    /// <summary>The signal that asked for the stop; 0 when it was the program itself.</summary>
    public int StopSignal { get; init; }
    public bool CleanExit { get; init; }
    public int ExitCode { get; init; }
    public CrashState CrashState { get; init; }
    public string? CrashId { get; init; }

    /// <summary>When an allocation last failed; the process may have survived that.</summary>
    public DateTimeOffset? MemoryRanOut { get; init; }

    /// <summary>Oldest first, torn records left out.</summary>
    public IReadOnlyList<BlackBoxLog> Logs { get; init; } = [];
    public IReadOnlyList<BlackBoxBreadcrumb> Breadcrumbs { get; init; } = [];

    /// <summary>Operations that had begun and not ended, oldest first.</summary>
    public IReadOnlyList<BlackBoxActivity> Activities { get; init; } = [];

    /// <summary>Slots that were half written when the process ended.</summary>
    public int TornSlots { get; init; }

    /// <summary>
    /// True when memory ran out so shortly before <paramref name="end"/> that a death nobody can explain is explained.
    /// A report of the runtime, written between the two, takes seconds on a busy machine.
    /// </summary>
    public bool DiedForMemory(DateTimeOffset end) => end - MemoryRanOut < TimeSpan.FromSeconds(10);
}

/// <summary>
/// One log record. Level is "trace", "debug", "info", "warn", "error", "fatal" or "unknown"; UserId is the user.id of
/// the scope or activity the record was written in.
/// </summary>
internal sealed record BlackBoxLog(
    DateTimeOffset Time, string Level, string Logger, string Message, string? TraceId, string? SpanId, string? UserId,
        int ThreadId);

/// <summary>One thing the application said it did.</summary>
internal sealed record BlackBoxBreadcrumb(DateTimeOffset Time, string Category, string Message);

/// <summary>One operation under way.</summary>
internal sealed record BlackBoxActivity(string Name, string TraceId, string SpanId, DateTimeOffset StartTime,
    string? UserId);

/// <summary>
/// Reads a black box, of a dead process or a living one. Depends on the base library alone, so that the supervisor can
/// compile it in. Tolerates any bytes: what does not check out is left out, and a file without a valid identity is
/// null.
/// </summary>
internal static class BlackBoxReader
{
    private static readonly string[] s_levels = ["unknown", "trace", "debug", "info", "warn", "error", "fatal"];

    /// <summary>Null when the file is absent, unreadable, or not a black box of this version.</summary>
    public static BlackBoxSnapshot? ReadFile(string path)
    {
        try
        {
            using var file =
                new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            var bytes = new byte[BlackBoxLayout.TotalSize];
            return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length ? null : Read(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Null when the bytes are not a black box of this version.</summary>
    /// <param name="box">At least <see cref="BlackBoxLayout.TotalSize"/> bytes.</param>
    /// <param name="slots">False leaves logs, breadcrumbs and activities out.</param>
    public static BlackBoxSnapshot? Read(ReadOnlySpan<byte> box, bool slots = true)
    {
        if (!HasIdentity(box))
            return null;
        var identity = ReadIdentity(box);
        return slots ? WithSlots(identity, box) : identity;
    }

    private static BlackBoxSnapshot ReadIdentity(ReadOnlySpan<byte> box) =>
        new()
        {
            RunId = Text(box, BlackBoxLayout.RunIdAt) ?? "",
            BootId = Text(box, BlackBoxLayout.BootIdAt) ?? "",
            Service = Text(box, BlackBoxLayout.ServiceAt) ?? "",
            Release = Text(box, BlackBoxLayout.ReleaseAt),
            Environment = Text(box, BlackBoxLayout.EnvironmentAt),
            Host = Text(box, BlackBoxLayout.HostAt) ?? "",
            Runtime = Text(box, BlackBoxLayout.RuntimeAt),
            Command = Text(box, BlackBoxLayout.CommandAt),
            Pid = Int32(box, BlackBoxLayout.PidAt),
            StartTime = Time(box, BlackBoxLayout.StartTimeAt),
            Heartbeat = Time(box, BlackBoxLayout.HeartbeatAt),
            PoolHeartbeat = Time(box, BlackBoxLayout.PoolHeartbeatAt),
            HeartbeatPeriod = TimeSpan.FromMilliseconds(Int32(box, BlackBoxLayout.PeriodAt)),
            StopRequested = Time(box, BlackBoxLayout.StopTimeAt),
            StopSignal = Int32(box, BlackBoxLayout.StopSignalAt),
            CleanExit = Int32(box, BlackBoxLayout.CleanExitAt) == 1,
            ExitCode = Int32(box, BlackBoxLayout.ExitCodeAt),
            MemoryRanOut = Time(box, BlackBoxLayout.MemoryRanOutAt),
            CrashState = (CrashState)Math.Clamp(Int32(box, BlackBoxLayout.CrashStateAt), 0, 3),
            CrashId = Text(box, BlackBoxLayout.CrashIdAt),
        };

    private static BlackBoxSnapshot WithSlots(BlackBoxSnapshot identity, ReadOnlySpan<byte> box)
    {
        var torn = 0;
        return identity with
        {
            Logs = ReadSlots(box, BlackBoxLayout.LogsAt, BlackBoxLayout.LogSlots, BlackBoxLayout.LogSlotSize, ReadLog,
                ref torn),
            Breadcrumbs = ReadSlots(
                box, BlackBoxLayout.CrumbsAt, BlackBoxLayout.CrumbSlots, BlackBoxLayout.CrumbSlotSize, ReadCrumb,
                ref torn),
            Activities = ReadSlots(
                box, BlackBoxLayout.ActivitiesAt, BlackBoxLayout.ActivitySlots, BlackBoxLayout.ActivitySlotSize,
                ReadActivity, ref torn),
            TornSlots = torn,
        };
    }

    /// <summary>The checksum every valid identity carries at <see cref="BlackBoxLayout.IdentityCrcAt"/>.</summary>
    public static uint IdentityCrc(ReadOnlySpan<byte> box) =>
        BlackBoxLayout.Crc(
            BlackBoxLayout.Crc(BlackBoxLayout.Version, box[..BlackBoxLayout.IdentityCrcAt]),
            box[BlackBoxLayout.RunIdAt..BlackBoxLayout.IdentityEnd]);

    private static bool HasIdentity(ReadOnlySpan<byte> box) =>
        box.Length >= BlackBoxLayout.TotalSize
        && box.StartsWith(BlackBoxLayout.Magic)
        && (uint)Int32(box, 8) == BlackBoxLayout.Version
        && (uint)Int32(box, BlackBoxLayout.IdentityCrcAt) == IdentityCrc(box);

    private delegate T? SlotReader<T>(ReadOnlySpan<byte> payload) where T : class;

    private static List<T> ReadSlots<T>(
        ReadOnlySpan<byte> box, int at, int count, int size, SlotReader<T> read, ref int torn) where T : class
    {
        var found = new List<(ulong Sequence, T Item)>();
        for (var i = 0; i < count; i++)
        {
            var slot = box.Slice(at + i * size, size);
            var sequence = BinaryPrimitives.ReadUInt64LittleEndian(slot);
            if (sequence == 0)
                continue;
            var item = Payload(slot, sequence) is { Length: > 0 } payload ? read(payload) : null;
            if (item is null)
                torn++;
            else
                found.Add((sequence, item));
        }
        found.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence));
        return found.ConvertAll(static f => f.Item);
    }

    private static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> slot, ulong sequence)
    {
        var length = Int32(slot, BlackBoxLayout.SlotLengthAt);
        if (length <= 0 || length > slot.Length - BlackBoxLayout.SlotPayloadAt)
            return default;
        var payload = slot.Slice(BlackBoxLayout.SlotPayloadAt, length);
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(slot[BlackBoxLayout.SlotCrcAt..]);
        return crc == BlackBoxLayout.Crc(sequence, payload) ? payload : default;
    }

    private static BlackBoxLog? ReadLog(ReadOnlySpan<byte> p)
    {
        if (p.Length < 40 || Time(p, 0) is not { } time)
            return null;
        var texts = p[40..];
        var (traceId, spanId) = Ids(p[16..40]);
        if (!TakeText(ref texts, out var logger) || !TakeText(ref texts, out var user) || !TakeText(ref texts, out var message))
            return null;
        var userId = user.Length > 0 ? user : null;
        return new BlackBoxLog(time, Level(p[8]), logger, message, traceId, spanId, userId, Int32(p, 12));
    }

    private static BlackBoxBreadcrumb? ReadCrumb(ReadOnlySpan<byte> p)
    {
        if (p.Length < 8 || Time(p, 0) is not { } time)
            return null;
        var texts = p[8..];
        return TakeText(ref texts, out var category) && TakeText(ref texts, out var message)
            ? new BlackBoxBreadcrumb(time, category, message)
            : null;
    }

    private static BlackBoxActivity? ReadActivity(ReadOnlySpan<byte> p)
    {
        if (p.Length < 32 || Time(p, 0) is not { } time)
            return null;
        var texts = p[32..];
        var (traceId, spanId) = Ids(p[8..32]);
        return TakeText(ref texts, out var name) && TakeText(ref texts, out var user)
            ? new BlackBoxActivity(name, traceId ?? "", spanId ?? "", time, user.Length > 0 ? user : null)
            : null;
    }

    private static (string? Trace, string? Span) Ids(ReadOnlySpan<byte> ids) =>
        ids.ContainsAnyExcept((byte)0)
            ? (Hex(ids[..16]), Hex(ids[16..]))
            : (null, null);

    [SuppressMessage("Globalization", "CA1308", Justification = "Trace ids are written in lower case.")]
    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    private static string Level(byte severity) => s_levels[severity == 0 ? 0 : Math.Min((severity - 1) / 4 + 1, 6)];

    private static bool TakeText(ref ReadOnlySpan<byte> from, out string text)
    {
        text = "";
        if (from.Length < 2)
            return false;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(from);
        if (length > from.Length - 2)
            return false;
        text = Encoding.UTF8.GetString(from.Slice(2, length));
        from = from[(2 + length)..];
        return true;
    }

    private static string? Text(ReadOnlySpan<byte> box, int at)
    {
        var from = box[at..BlackBoxLayout.HeaderSize];
        return TakeText(ref from, out var text) && text.Length > 0 ? text : null;
    }

    private static int Int32(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadInt32LittleEndian(from[at..]);

    private static DateTimeOffset? Time(ReadOnlySpan<byte> from, int at)
    {
        var nanos = BinaryPrimitives.ReadInt64LittleEndian(from[at..]);
        return nanos <= 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(nanos / 100);
    }
}
