using System.Globalization;
using System.Text.Json;

namespace Tocsin.Query.Cells;

/// <summary>
/// Values as JSON: whole numbers beyond 2^53 and numbers that are not finite as text, times in ISO 8601.
/// </summary>
public static class CellJson
{
    private const long MostExact = 9007199254740991;

    public static void Write(Utf8JsonWriter json, in Cell cell)
    {
        switch (cell.Kind)
        {
            case CellKind.Missing: json.WriteNullValue(); break;
            case CellKind.Bool: json.WriteBooleanValue(cell.IsTrue); break;
            case CellKind.Int when Int128.Abs(cell.AsInt) <= MostExact: json.WriteNumberValue(cell.AsInt); break;
            case CellKind.Double when double.IsFinite(cell.AsDouble): json.WriteNumberValue(cell.AsDouble); break;
            case CellKind.Double: json.WriteStringValue(cell.AsDouble.ToString(CultureInfo.InvariantCulture)); break;
            // It comes from a writer of JSON, so it need not be checked again; depth is not limited here.
            case CellKind.Json: json.WriteRawValue(cell.ToString(), skipInputValidation: true); break;
            default: json.WriteStringValue(cell.ToString()); break;
        }
    }
}
