namespace Tocsin.Bench.Logs;

/// <summary>What every query must answer, counted from the generator's choices: sums and the newest few, never the records.</summary>
internal sealed class LogTruth
{
    public const int Buckets = 288, Service = 1, Level = 3;

    private const int DurationBins = 31 << 10;

    public static readonly long WindowFrom = LogRequests.Start + 13 * 3_600_000_000_000L, WindowTo = WindowFrom + 900_000_000_000L;

    private readonly int[][] _durations = [.. Wording.Services.Select(_ => new int[DurationBins])];
    private readonly int _records;

    private LogTruth(int records) => _records = records;

    public long[,] PerBucket { get; } = new long[Buckets, LogTemplates.Levels];
    public long[] PerService { get; } = new long[Wording.Services.Length];
    public long[] PerPath { get; } = new long[Wording.Paths.Length];
    public long[] PerUser { get; } = new long[LogRequests.Users];
    public long CommonPart { get; private set; }
    public List<long> RareWord { get; } = [];
    public List<long> RarePart { get; } = [];
    public List<long> OneTrace { get; } = [];
    public Newest CommonWord { get; } = new();
    public Newest ServiceAndLevel { get; } = new();
    public Newest ErrorsInWindow { get; } = new();

    /// <summary>A record and a trace somewhere in the middle, which are looked up.</summary>
    public long OneRecord => _records / 2 + 7L;
    public static int TraceInRequest => 0;
    public int TraceRequest => LogRequests.Count(_records) / 2;

    public static LogTruth Of(int records)
    {
        int requests = LogRequests.Count(records), parts = Environment.ProcessorCount;
        var truths = new LogTruth[parts];
        Parallel.For(0, parts, part =>
        {
            var truth = truths[part] = new LogTruth(records);
            var generator = new LogRequests(records);
            int end = (int)((long)requests * (part + 1) / parts);
            for (int request = (int)((long)requests * part / parts); request < end; request++)
            {
                generator.Choose(request);
                truth.Add(generator.Choices, request);
            }
        });
        foreach (LogTruth other in truths.Skip(1))
            truths[0].Add(other);
        return truths[0];
    }

    /// <summary>Whether 94.5 % to 95.5 % of a service's durations are below a value, known to a thousandth of the value.</summary>
    public bool IsP95(int service, double value)
    {
        int bin = Bin(value);
        if (bin < 1 || bin >= DurationBins - 1)
            return false;
        long below = 0;
        for (int i = 0; i < bin; i++)
            below += _durations[service][i];
        long through = below + _durations[service][bin] + _durations[service][bin + 1];
        return below - _durations[service][bin - 1] <= 0.955 * PerService[service] && through >= 0.945 * PerService[service];
    }

    private void Add(ReadOnlySpan<LogChoice> choices, int request)
    {
        long index = (long)request * LogRequests.PerRequest;
        for (int i = 0; i < choices.Length; i++, index++)
        {
            ref readonly LogChoice choice = ref choices[i];
            PerBucket[(int)((choice.Time - LogRequests.Start) / (LogRequests.Day / Buckets)), choice.Level]++;
            PerService[choice.Service]++;
            PerPath[choice.Path]++;
            PerUser[choice.User]++;
            _durations[choice.Service][Bin(choice.Duration)]++;
            if (choice.Template.HasCommonPart)
                CommonPart++;
            if (choice.Template.HasCommonWord)
                CommonWord.Add(choice.Time, index);
            if (choice.Service == Service && choice.Level == Level)
                ServiceAndLevel.Add(choice.Time, index);
            if (choice.Level == Level && choice.Time >= WindowFrom && choice.Time < WindowTo)
                ErrorsInWindow.Add(choice.Time, index);
            if (choice.Needle != Needle.None)
                (choice.Needle == Needle.Word ? RareWord : RarePart).Add(index);
            if (request == TraceRequest && choice.Trace == TraceInRequest)
                OneTrace.Add(index);
        }
    }

    private void Add(LogTruth other)
    {
        for (int i = 0; i < PerBucket.Length; i++)
            PerBucket[i / LogTemplates.Levels, i % LogTemplates.Levels] += other.PerBucket[i / LogTemplates.Levels, i % LogTemplates.Levels];
        foreach ((long[] mine, long[] its) in new[] { (PerService, other.PerService), (PerPath, other.PerPath), (PerUser, other.PerUser) })
            for (int i = 0; i < mine.Length; i++)
                mine[i] += its[i];
        for (int service = 0; service < _durations.Length; service++)
            for (int i = 0; i < DurationBins; i++)
                _durations[service][i] += other._durations[service][i];
        CommonPart += other.CommonPart;
        RareWord.AddRange(other.RareWord);
        RarePart.AddRange(other.RarePart);
        OneTrace.AddRange(other.OneTrace);
        CommonWord.Add(other.CommonWord);
        ServiceAndLevel.Add(other.ServiceAndLevel);
        ErrorsInWindow.Add(other.ErrorsInWindow);
    }

    // Exponent and ten bits of the fraction: bins that are a thousandth wide. 0.001 ms is above 2^-10.
    private static int Bin(double duration) =>
        (int)Math.Clamp((BitConverter.DoubleToInt64Bits(Math.Max(duration, 0.001)) >> 42) - (1013L << 10), 0, DurationBins - 1);
}

/// <summary>The newest records that were added, in any order of adding.</summary>
internal sealed class Newest
{
    public const int Count = 100;

    private readonly List<(long Time, long Index)> _rows = [];

    /// <summary>Newest first.</summary>
    public IReadOnlyList<long> Indices
    {
        get
        {
            Cut();
            return [.. _rows.Select(r => r.Index)];
        }
    }

    public void Add(long time, long index)
    {
        _rows.Add((time, index));
        if (_rows.Count >= 40 * Count)
            Cut();
    }

    public void Add(Newest other) => _rows.AddRange(other._rows);

    private void Cut()
    {
        _rows.Sort((a, b) => b.CompareTo(a));
        _rows.RemoveRange(Math.Min(Count, _rows.Count), Math.Max(0, _rows.Count - Count));
    }
}
