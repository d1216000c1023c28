namespace Tocsin.Model;

/// <summary>The kinds of events that share one store. The value is written to disk; never renumber.</summary>
public enum Dataset : byte
{
    Logs = 1,
    Spans = 2,
}
