using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Unicode;
using TocsinSdk.Runs;

namespace TocsinSdk.BlackBox;

/// <summary>
/// Writes this process's black box with plain stores. Every member may be called from any thread at any time, also
/// while the process dies: the only thing shared with the application is an interlocked counter.
/// </summary>
internal sealed unsafe class BlackBoxWriter
{
    private const int MaxLogger = 160, MaxUser = 64, MaxCategory = 64, MaxName = 120;

    private readonly byte* _box;
    private readonly TimeProvider _clock;
    private readonly Activity?[] _activities = new Activity?[BlackBoxLayout.ActivitySlots];
    private long _logs, _crumbs, _activitySequence;

    // box: zeroed memory of BlackBoxLayout.TotalSize bytes that is never released.
    public BlackBoxWriter(byte* box, RunIdentity identity, TimeSpan period, TimeProvider clock)
    {
        _box = box;
        _clock = clock;
        WriteIdentity(identity);
        Store(BlackBoxLayout.PeriodAt, (int)period.TotalMilliseconds);
        PoolBeat();
        Beat();
    }

    private Span<byte> Box => new(_box, BlackBoxLayout.TotalSize);

    public BlackBoxSnapshot Snapshot() =>
        BlackBoxReader.Read(Box) ?? throw new InvalidOperationException("own identity is broken");

    /// <summary>A snapshot without logs, breadcrumbs and activities: it takes next to no memory.</summary>
    public BlackBoxSnapshot Identity() =>
        BlackBoxReader.Read(Box, slots: false) ?? throw new InvalidOperationException("own identity is broken");

    public void Beat() => Store(BlackBoxLayout.HeartbeatAt, Now());

    public void PoolBeat() => Store(BlackBoxLayout.PoolHeartbeatAt, Now());

    /// <summary>The first to ask is remembered: a second signal during the stop changes nothing.</summary>
    public void StopRequested(int signal)
    {
        if (Interlocked.CompareExchange(ref *(long*)(_box + BlackBoxLayout.StopTimeAt), Now(), 0) == 0)
            Store(BlackBoxLayout.StopSignalAt, signal);
    }

    /// <summary>A second host starts in a process whose first one has stopped.</summary>
    public void StopForgotten()
    {
        Store(BlackBoxLayout.StopSignalAt, 0);
        Store(BlackBoxLayout.StopTimeAt, 0L);
    }

    /// <summary>An allocation failed. Allocates nothing.</summary>
    public void MemoryRanOut() => Store(BlackBoxLayout.MemoryRanOutAt, Now());

    /// <summary>It did not really fail.</summary>
    public void MemoryIsBack() => Store(BlackBoxLayout.MemoryRanOutAt, 0L);

    public void CleanExit(int code)
    {
        Store(BlackBoxLayout.ExitCodeAt, code);
        Store(BlackBoxLayout.CleanExitAt, 1);
    }

    public void Crash(CrashState state, ReadOnlySpan<char> crashId)
    {
        PutText(BlackBoxLayout.CrashIdAt, BlackBoxLayout.CrashIdSize, crashId);
        Store(BlackBoxLayout.CrashStateAt, (int)state);
    }

    public void Log(byte severity, string logger, string message, ActivityTraceId trace, ActivitySpanId span,
        string? userId)
    {
        Span<byte> ids = stackalloc byte[24];
        CopyIds(trace, span, ids);
        Log(severity, logger, Encoding.UTF8.GetBytes(message), ids, userId);
    }

    /// <param name="severity">OpenTelemetry's number.</param>
    /// <param name="logger">Its category.</param>
    /// <param name="message">UTF-8.</param>
    /// <param name="ids">16 bytes of the trace, 8 of the span; empty without a trace.</param>
    /// <param name="userId">Null when nobody is known.</param>
    public void Log(byte severity, string logger, ReadOnlySpan<byte> message, ReadOnlySpan<byte> ids, string? userId)
    {
        var sequence = Interlocked.Increment(ref _logs);
        var payload = Open(
            BlackBoxLayout.LogsAt, BlackBoxLayout.LogSlots, BlackBoxLayout.LogSlotSize, sequence, out var slot);
        BinaryPrimitives.WriteInt64LittleEndian(payload, Now());
        payload[8] = severity;
        BinaryPrimitives.WriteInt32LittleEndian(payload[12..], Environment.CurrentManagedThreadId);
        payload.Slice(16, 24).Clear();
        ids.CopyTo(payload[16..]);
        var at = 40;
        Append(payload, ref at, logger, MaxLogger);
        Append(payload, ref at, userId, MaxUser);
        AppendUtf8(payload, ref at, message);
        Seal(slot, sequence, at);
    }

    public void Breadcrumb(string category, string message)
    {
        var sequence = Interlocked.Increment(ref _crumbs);
        var payload = Open(
            BlackBoxLayout.CrumbsAt, BlackBoxLayout.CrumbSlots, BlackBoxLayout.CrumbSlotSize, sequence, out var slot);
        BinaryPrimitives.WriteInt64LittleEndian(payload, Now());
        var at = 8;
        Append(payload, ref at, category, MaxCategory);
        Append(payload, ref at, message, payload.Length);
        Seal(slot, sequence, at);
    }

    /// <summary>Beyond <see cref="BlackBoxLayout.ActivitySlots"/> at once, an activity is left out.</summary>
    public void Began(Activity activity)
    {
        var sequence = Interlocked.Increment(ref _activitySequence);
        for (var i = 0; i < _activities.Length; i++)
        {
            var index = (int)((sequence + i) % _activities.Length);
            if (_activities[index] is not null
                || Interlocked.CompareExchange(ref _activities[index], activity, null) is not null)
                continue;
            WriteActivity(index, sequence, activity);
            return;
        }
    }

    public void Ended(Activity activity)
    {
        var index = Array.IndexOf(_activities, activity);
        if (index < 0)
            return;
        Volatile.Write(ref *(ulong*)(_box + BlackBoxLayout.ActivitiesAt + index * BlackBoxLayout.ActivitySlotSize), 0);
        Volatile.Write(ref _activities[index], null);
    }

    private void WriteActivity(int index, long sequence, Activity activity)
    {
        var payload = Open(
            BlackBoxLayout.ActivitiesAt, BlackBoxLayout.ActivitySlots, BlackBoxLayout.ActivitySlotSize, index + 1,
            out var slot);
        BinaryPrimitives.WriteInt64LittleEndian(payload, Nanos(activity.StartTimeUtc));
        CopyIds(activity.TraceId, activity.SpanId, payload.Slice(8, 24));
        var at = 32;
        Append(payload, ref at, activity.DisplayName, MaxName);
        Append(payload, ref at, activity.GetBaggageItem("user.id"), MaxUser);
        Seal(slot, sequence, at);
    }

    private void WriteIdentity(RunIdentity identity)
    {
        BlackBoxLayout.Magic.CopyTo(Box);
        BinaryPrimitives.WriteUInt32LittleEndian(Box[8..], BlackBoxLayout.Version);
        BinaryPrimitives.WriteInt32LittleEndian(Box[BlackBoxLayout.FileSizeAt..], BlackBoxLayout.TotalSize);
        BinaryPrimitives.WriteInt64LittleEndian(Box[BlackBoxLayout.StartTimeAt..],
            Nanos(identity.StartTime.UtcDateTime));
        BinaryPrimitives.WriteInt32LittleEndian(Box[BlackBoxLayout.PidAt..], identity.Pid);
        PutText(BlackBoxLayout.RunIdAt, 64, identity.RunId);
        PutText(BlackBoxLayout.BootIdAt, 64, identity.BootId);
        PutText(BlackBoxLayout.ServiceAt, 256, identity.Service);
        PutText(BlackBoxLayout.ReleaseAt, 128, identity.Release);
        PutText(BlackBoxLayout.EnvironmentAt, 128, identity.Environment);
        PutText(BlackBoxLayout.HostAt, 256, identity.Host);
        PutText(BlackBoxLayout.RuntimeAt, 128, identity.Runtime);
        PutText(BlackBoxLayout.CommandAt, 512, identity.Command);
        BinaryPrimitives.WriteUInt32LittleEndian(Box[BlackBoxLayout.IdentityCrcAt..], BlackBoxReader.IdentityCrc(Box));
    }

    private void PutText(int at, int size, ReadOnlySpan<char> text)
    {
        var used = 0;
        Append(Box.Slice(at, size), ref used, text, size);
    }

    private Span<byte> Open(int at, int slots, int size, long sequence, out Span<byte> slot)
    {
        slot = Box.Slice(at + (int)((sequence - 1) % slots) * size, size);
        fixed (byte* start = slot)
            Volatile.Write(ref *(ulong*)start, 0);
        return slot[BlackBoxLayout.SlotPayloadAt..];
    }

    private static void Seal(Span<byte> slot, long sequence, int length)
    {
        var crc = BlackBoxLayout.Crc((ulong)sequence, slot.Slice(BlackBoxLayout.SlotPayloadAt, length));
        BinaryPrimitives.WriteUInt32LittleEndian(slot[BlackBoxLayout.SlotCrcAt..], crc);
        BinaryPrimitives.WriteInt32LittleEndian(slot[BlackBoxLayout.SlotLengthAt..], length);
        fixed (byte* start = slot)
            Volatile.Write(ref *(ulong*)start, (ulong)sequence);
    }

    private static void Append(Span<byte> to, ref int at, ReadOnlySpan<char> text, int max)
    {
        var room = Math.Min(max, to.Length - at - 2);
        // Cuts at a character boundary when the text does not fit.
        Utf8.FromUtf16(text, to.Slice(at + 2, room), out _, out var written);
        BinaryPrimitives.WriteUInt16LittleEndian(to[at..], (ushort)written);
        at += 2 + written;
    }

    private static void AppendUtf8(Span<byte> to, ref int at, ReadOnlySpan<byte> text)
    {
        var length = Math.Min(text.Length, to.Length - at - 2);
        // Not in the middle of a character: 10xxxxxx continues one.
        while (length < text.Length && length > 0 && (text[length] & 0xC0) == 0x80)
            length--;
        text[..length].CopyTo(to[(at + 2)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(to[at..], (ushort)length);
        at += 2 + length;
    }

    private static void CopyIds(ActivityTraceId trace, ActivitySpanId span, Span<byte> to)
    {
        to.Clear();
        if (trace == default)
            return;
        trace.CopyTo(to[..16]);
        span.CopyTo(to[16..24]);
    }

    private void Store(int at, long value) => Volatile.Write(ref *(long*)(_box + at), value);

    private void Store(int at, int value) => Volatile.Write(ref *(int*)(_box + at), value);

    private long Now() => Nanos(_clock.GetUtcNow().UtcDateTime);

    private static long Nanos(DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) * 100;
}
