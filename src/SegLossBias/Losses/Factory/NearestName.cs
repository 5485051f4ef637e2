namespace SegLossBias;

/// <summary>The known name that is most like a mistyped one.</summary>
internal static class NearestName
{
    /// <summary>"did you mean 'X'? ", or nothing where no name is near.</summary>
    internal static string Suggest(string typed, IEnumerable<string> known)
    {
        var nearest = known.Select(name => (Name: name, Distance: Distance(typed.ToUpperInvariant(), name.ToUpperInvariant()))).OrderBy(entry => entry.Distance).FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= Math.Max(2, typed.Length / 3) ? $"did you mean '{nearest.Name}'? " : "";
    }

    /// <summary>Levenshtein's distance: the fewest insertions, deletions and replacements of a letter.</summary>
    internal static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
