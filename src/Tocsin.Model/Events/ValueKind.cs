namespace Tocsin.Model.Events;

/// <summary>The type tag of a value inside an event batch. Written to disk; never renumber.</summary>
public enum ValueKind : byte
{
    Null = 0,
    False = 1,
    True = 2,
    Int = 3,
    Double = 4,
    String = 5,
    Bytes = 6,
    Array = 7,
    Map = 8,
}
