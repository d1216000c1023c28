using System.Security.Cryptography;

namespace Tocsin.Bench.Logs;

/// <summary>A data folder that outlives the run, with a note of what was sent into it.</summary>
internal sealed class KeptFolder(string data, int records, int spans)
{
    private readonly string _note = Path.Combine(Path.GetDirectoryName(data)!, "bench-logs.txt");

    public bool IsFull => File.Exists(_note);

    /// <summary>Why the folder is of no use here, or null.</summary>
    public string? State()
    {
        const string Remedy = "remove the folder or name another one";
        if (IsFull)
            return File.ReadAllText(_note) == Content() ? null : $"{_note} says that other data were sent; {Remedy}";
        return Directory.Exists(data) ? $"{data} is there, but not from a run that was finished; {Remedy}" : null;
    }

    public void MarkFull() => File.WriteAllText(_note, Content());

    /// <summary>Numbers, and a print of the first request: a generator that was changed gives other answers.</summary>
    private string Content()
    {
        var generator = new LogRequests(records);
        generator.Choose(0);
        return $"{records} records, {spans} spans, {Convert.ToHexStringLower(SHA256.HashData(generator.Encode()))}\n";
    }
}
