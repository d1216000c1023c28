using Tocsin.Storage.Io;

namespace Tocsin.Storage.Wal;

/// <summary>Reads back every log file of earlier runs, cuts a torn end, and reports damage.</summary>
internal sealed class WalRecovery(IFileSystem files, string folder)
{
    /// <summary>The files that remain, oldest first.</summary>
    public List<WalFile> Files { get; } = [];

    /// <summary>Damaged stretches inside the log; rows in them are lost.</summary>
    public int Corruptions { get; private set; }

    public long TornBytes { get; private set; }

    /// <summary>One above the highest sequence number found.</summary>
    public ulong EndSequence { get; private set; }

    /// <summary>Lowest sequence number found.</summary>
    public ulong? StartSequence { get; private set; }

    /// <param name="replay">Receives every readable batch in order; its bytes are valid only during the call.</param>
    public void Run(Func<ReadOnlyMemory<byte>, ulong, BatchShape, bool> replay)
    {
        List<ulong> numbers = [.. Numbers().Order()];
        foreach (ulong number in numbers)
            ReadFile(number, number == numbers[^1], replay);
    }

    private IEnumerable<ulong> Numbers()
    {
        foreach (string name in files.Files(folder))
        {
            if (FileNames.TryNumber(name, FileNames.WalExtension, out ulong number))
                yield return number;
        }
    }

    private void ReadFile(ulong number, bool newest, Func<ReadOnlyMemory<byte>, ulong, BatchShape, bool> replay)
    {
        string path = Path.Combine(folder, FileNames.Wal(number));
        using IFile file = files.OpenWrite(path);
        using var reader = new WalReader(file);
        ulong start = ulong.MaxValue, end = 0;
        while (reader.MoveNext())
        {
            BatchShape shape;
            try
            {
                shape = BatchShape.Read(reader.Payload.Span);
            }
            catch (InvalidDataException)
            {
                Corruptions++;
                continue;
            }
            StartSequence ??= reader.FirstSequence;
            start = Math.Min(start, reader.FirstSequence);
            end = reader.FirstSequence + (ulong)shape.Rows;
            EndSequence = Math.Max(EndSequence, end);
            if (!replay(reader.Payload, reader.FirstSequence, shape))
                break;
        }
        Corruptions += reader.DamagedStretches;
        long length = file.Length;
        long goodEnd = reader.HasHeader ? reader.GoodEnd : 0;
        if (goodEnd < length)
        {
            if (newest)
            {
                TornBytes += length - goodEnd;
                file.Truncate(goodEnd);
                file.Sync();
            }
            else
            {
                Corruptions++;
            }
        }
        Files.Add(new WalFile(number, start, end, newest ? goodEnd : length));
    }
}
