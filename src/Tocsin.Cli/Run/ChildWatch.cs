using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Tocsin.Cli.Run.Evidence;
using Tocsin.Cli.Run.Folders;
using TocsinSdk.BlackBox;

namespace Tocsin.Cli.Run;

/// <summary>
/// Looks at a living child once a second: is its heartbeat old, has it moved to another control group. Owns one thread;
/// the black box is read with one small pread per look.
/// </summary>
internal sealed class ChildWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(200);

    private readonly ManualResetEventSlim _stop = new();
    private readonly TimeProvider _clock;
    private readonly int _pid;
    private readonly string? _boxPath;
    private readonly HangEpisode _hang;
    private readonly Action<string> _onHang;
    private readonly CgroupMemory _cgroups = new();
    private readonly Thread _thread;
    private SafeFileHandle? _box;
    private volatile CgroupReading? _baseline;

    /// <param name="onHang">Called on the watch's thread with one sentence about what stood still.</param>
    public ChildWatch(TimeProvider clock, int pid, string? folder, TimeSpan hangTimeout, CgroupReading? baseline,
        Action<string> onHang)
    {
        (_clock, _pid, _baseline, _onHang) = (clock, pid, baseline, onHang);
        _hang = new HangEpisode(hangTimeout);
        _boxPath = folder is null ? null : Path.Combine(folder, BlackBoxLayout.FileName);
        _thread = new Thread(Watch) { IsBackground = true, Name = "watch" };
        _thread.Start();
    }

    /// <summary>The figures of the child's control group from when it joined it.</summary>
    public CgroupReading? Baseline => _baseline;

    public void Dispose()
    {
        _stop.Set();
        _thread.Join(Period);
        _box?.Dispose();
    }

    private void Watch()
    {
        for (var wait = FirstLook; !_stop.Wait(wait); wait = Period)
        {
            if (_cgroups.Read(_pid) is { } reading && reading.Path != _baseline?.Path)
            {
                _baseline = reading;
            }

            LookAtHeart();
        }
    }

    private void LookAtHeart()
    {
        _box ??= OpenBox();
        Span<byte> cells = stackalloc byte[BlackBoxLayout.CrashIdAt];
        if (_box is null || RandomAccess.Read(_box, cells, 0) < cells.Length
            || Cell(cells, BlackBoxLayout.StopTimeAt) is not null)
        {
            return;
        }

        var now = _clock.GetUtcNow();
        var (beat, pool) = (Cell(cells, BlackBoxLayout.HeartbeatAt), Cell(cells, BlackBoxLayout.PoolHeartbeatAt));
        if (_hang.Look(now, beat, pool, ProcessTable.State(_pid) is 'T' or 't'))
        {
            var starved = pool < beat;
            var age = now - (starved ? pool : beat)!.Value;
            var what = starved ? "The thread pool has not answered" : "No heartbeat came";
            _onHang($"{what} for {age.TotalSeconds:0.0} s while process {_pid} is alive.");
        }
    }

    private SafeFileHandle? OpenBox()
    {
        if (_boxPath is null || !File.Exists(_boxPath) || BlackBoxReader.ReadFile(_boxPath) is null)
        {
            return null;
        }

        try
        {
            return File.OpenHandle(_boxPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static DateTimeOffset? Cell(ReadOnlySpan<byte> cells, int at) =>
        BinaryPrimitives.ReadInt64LittleEndian(cells[at..]) is > 0 and var nanos
            ? DateTimeOffset.UnixEpoch.AddTicks(nanos / 100)
            : null;
}
