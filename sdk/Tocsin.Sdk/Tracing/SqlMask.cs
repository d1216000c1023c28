using System.Text;

namespace TocsinSdk.Tracing;

/// <summary>Writes a statement again with ? in place of every literal, one blank for many, and no comments.</summary>
internal static class SqlMask
{
    public static string Mask(ReadOnlySpan<char> sql, SqlDialect dialect)
    {
        var text = new StringBuilder(sql.Length);
        var tokens = new SqlTokens(sql, dialect);
        var end = 0;
        var list = new ValueList();
        while (tokens.MoveNext())
        {
            if (tokens.Start > end && text.Length > 0)
                text.Append(' ');
            end = tokens.End;
            if (tokens.Kind == SqlToken.Literal)
                text.Append('?');
            else
                text.Append(tokens.Text);
            list.See(tokens, text);
        }
        return text.ToString();
    }

    /// <summary>
    /// Turns IN (?, ?, $3) into IN (?), so that one statement stays one whatever the length of its list.
    /// </summary>
    private struct ValueList
    {
        private bool _afterIn;
        private int _start;

        public void See(in SqlTokens token, StringBuilder text)
        {
            if (_start > 0 && token.Is(')'))
            {
                text.Length = _start;
                text.Append("?)");
                _start = 0;
            }
            else if (_start > 0 && !(token.Kind is SqlToken.Literal or SqlToken.Parameter || token.Is(',')))
            {
                _start = 0;
            }
            if (_afterIn && token.Is('('))
                _start = text.Length;
            _afterIn = token.Is("IN");
        }
    }
}
