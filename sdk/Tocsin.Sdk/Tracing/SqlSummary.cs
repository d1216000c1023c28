using System.Text;

namespace TocsinSdk.Tracing;

/// <summary>
/// Names a statement by its operations and the tables they touch: "SELECT items", "INSERT orders SELECT items". Reads
/// tokens and knows no grammar: names in unusual places may be missed, literals can never get in.
/// </summary>
internal sealed class SqlSummary
{
    private const int MaxLength = 255, MaxTargets = 6, MaxDepth = 64, MaxStatements = 8;

    private readonly StringBuilder _text = new();
    private readonly List<string> _operations = [];
    private readonly List<string> _statement = [];
    private readonly HashSet<string> _targets = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _local = new(StringComparer.OrdinalIgnoreCase);
    // Bit n: a query was begun in parenthesis n, so that FROM there names tables; not so in EXTRACT(x FROM y).
    private ulong _queries;
    private int _depth;
    private string? _operation, _lastOperation, _onlyTarget;
    private int _targetCount;
    private bool _with, _expectsTable, _inTables;
    private string _previous = "";

    private SqlSummary(SqlTokens tokens)
    {
        while (tokens.MoveNext() && _operations.Count < MaxStatements)
            See(ref tokens);
        EndStatement();
    }

    public static (string Text, string? Operation, string? Collection) Of(ReadOnlySpan<char> sql, SqlDialect dialect)
    {
        if (ProcedureIn(new SqlTokens(sql, dialect)) is { } procedure)
            return ("EXECUTE " + procedure, "EXECUTE", null);
        var read = new SqlSummary(new SqlTokens(sql, dialect));
        var operation = read._operations.Count switch
        {
            0 => null,
            1 => read._operations[0],
            _ => read._operations.TrueForAll(o => o == read._operations[0]) ? "BATCH " + read._operations[0] : "BATCH",
        };
        return (read._text.ToString(), operation, read._targetCount == 1 ? read._onlyTarget : null);
    }

    /// <summary>
    /// Drivers give a stored procedure's bare name as its text: at least two parts, or it may be a COMMIT.
    /// </summary>
    private static string? ProcedureIn(SqlTokens tokens)
    {
        var name = new StringBuilder();
        while (tokens.MoveNext())
        {
            var part = tokens.Kind is SqlToken.Word or SqlToken.QuotedName;
            if (!part && !tokens.Is('.') || name.Length + tokens.Name.Length > MaxLength / 2)
                return null;
            if (part && name.Length > 0 && name[^1] != '.')
                return null;
            name.Append(tokens.Name);
        }
        return name.ToString() is var text && text.Contains('.') && !text.EndsWith('.') ? text : null;
    }

    private void See(ref SqlTokens token)
    {
        switch (token.Kind)
        {
            case SqlToken.Symbol:
                Symbol(token.Text[0]);
                break;
            case SqlToken.Word or SqlToken.QuotedName when _expectsTable:
                Table(ref token);
                break;
            case SqlToken.Word:
                Word(token.Text);
                break;
            case SqlToken.QuotedName:
                CommonTable(token.Name);
                break;
            default:
                _expectsTable = false;
                break;
        }
    }

    private void Symbol(char symbol)
    {
        if (symbol == ';' && _depth == 0)
        {
            EndStatement();
            return;
        }
        if (symbol == '(')
        {
            _depth++;
            if (_depth < MaxDepth)
                _queries &= ~(1ul << _depth);
            (_inTables, _expectsTable) = (false, false);
        }
        else if (symbol == ')')
        {
            _depth = Math.Max(0, _depth - 1);
        }
        _expectsTable = symbol == ',' && _inTables;
        _previous = symbol switch { '(' => "(", ')' => ")", ',' => ",", _ => "" };
    }

    private void Word(ReadOnlySpan<char> text)
    {
        var word = Upper(text);
        if (Begins(word))
            Operation(word);
        else if (_operation is null && !_with)
            First(word);
        else if (Names(word))
            (_expectsTable, _inTables) = (true, word is "FROM" or "USING");
        else if (word is "WHERE" or "SET" or "GROUP" or "ORDER" or "HAVING" or "ON" or "RETURNING" or "VALUES"
            or "LIMIT" or "UNION" or "EXCEPT" or "INTERSECT")
            _inTables = false;
        else
            CommonTable(text);
        _previous = word;
    }

    // SELECT begins a query wherever it stands, the others only where a statement may begin.
    private bool Begins(string word) => word switch
    {
        "SELECT" => _operation is not ("GRANT" or "REVOKE"),
        "INSERT" or "UPDATE" or "DELETE" or "MERGE" =>
            _operation is null && !_with || _previous is "(" or ")" || _operation is "EXPLAIN",
        _ => false,
    };

    private void Operation(string word)
    {
        if (_depth < MaxDepth)
            _queries |= 1ul << _depth;
        _inTables = false;
        _expectsTable = word is "UPDATE";
        if (_depth > 0 && word == "SELECT")
            return;
        if (_operation is null && _depth == 0)
        {
            _operation = word;
            _statement.Insert(0, word);
        }
        else if (_lastOperation != word)
        {
            _statement.Add(word);
        }
        _lastOperation = word;
    }

    /// <summary>The first word of a statement that is no query.</summary>
    private void First(string word)
    {
        if (word == "WITH")
        {
            _with = true;
            return;
        }
        _operation = _lastOperation = word;
        _statement.Add(word);
        _expectsTable = word is "CALL" or "EXEC" or "EXECUTE" or "TRUNCATE" or "COPY" or "LOCK" or "ANALYZE" or "VACUUM"
            or "REFRESH";
    }

    private bool Names(string word) => word switch
    {
        "FROM" => _previous != "DISTINCT" && _depth < MaxDepth && (_queries >> _depth & 1) != 0,
        "JOIN" or "INTO" => true,
        "USING" => _lastOperation is "DELETE" or "MERGE",
        "TABLE" or "INDEX" or "VIEW" or "SEQUENCE" or "SCHEMA" or "DATABASE" or "FUNCTION" or "PROCEDURE" or "TYPE"
            or "EXTENSION" => _operation is "CREATE" or "ALTER" or "DROP" or "COMMENT",
        _ => false,
    };

    /// <summary>name AS ( in a WITH list: a name of the statement's own.</summary>
    private void CommonTable(ReadOnlySpan<char> name)
    {
        if (_with && _operation is null && _depth == 0 && _local.Count < MaxTargets
            && !name.Equals("AS", StringComparison.OrdinalIgnoreCase))
            _local.Add(name.ToString());
    }

    private void Table(ref SqlTokens token)
    {
        if (token.Kind == SqlToken.Word
            && Upper(token.Text) is "ONLY" or "LATERAL" or "IF" or "NOT" or "EXISTS" or "TABLE" or "MATERIALIZED" or "VIEW" or "CONCURRENTLY" or "INTO")
            return;
        _expectsTable = false;
        if (token.Kind == SqlToken.Word && Upper(token.Text) is "SELECT" or "VALUES" or "SET" or "STDIN" or "STDOUT")
        {
            Word(token.Text);
            return;
        }
        if (_operation is "CREATE" or "ALTER" or "DROP" && _statement.Count == 1)
            _statement.Add(_previous);
        var name = new StringBuilder().Append(token.Name);
        while (token.Following == '.')
        {
            var dot = token;
            if (!dot.MoveNext() || !dot.MoveNext() || dot.Kind is not (SqlToken.Word or SqlToken.QuotedName))
                break;
            name.Append('.').Append(dot.Name);
            token = dot;
        }
        Target(name.ToString());
        _previous = "";
    }

    private void Target(string name)
    {
        if (_local.Contains(name) || _targets.Count >= MaxTargets || !_targets.Add(name))
            return;
        _statement.Add(name);
        _targetCount++;
        _onlyTarget = name;
    }

    private void EndStatement()
    {
        if (_operation is { } operation)
        {
            _operations.Add(operation);
            if (_text.Length > 0)
                Append("; ");
            Append(string.Join(' ', _statement));
        }
        _statement.Clear();
        _targets.Clear();
        _local.Clear();
        (_operation, _lastOperation, _previous) = (null, null, "");
        (_queries, _depth) = (0, 0);
        (_with, _expectsTable, _inTables) = (false, false, false);
    }

    private void Append(string text)
    {
        var room = MaxLength - _text.Length;
        _text.Append(text, 0, Math.Min(room, text.Length));
    }

    private static string Upper(ReadOnlySpan<char> word) =>
        word.Length <= 32 ? word.ToString().ToUpperInvariant() : "";
}
