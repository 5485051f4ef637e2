// Prints how many lines of an assembly the tests reach, and of each file below 95 % the lines that they do not.
// Usage: dotnet run eng/coverage.cs FOLDER, of the results of 'dotnet test'
#:property PublishAot=false
using System.Globalization;
using System.Xml.Linq;

const double Enough = 0.95;

if (Directory.GetFiles(args[0], "coverage.cobertura.xml", SearchOption.AllDirectories) is not [var report, ..])
{
    Console.Error.WriteLine($"error: {args[0]} has no coverage.cobertura.xml");
    return 1;
}

// A file may hold several classes, and a class several files.
var files = XDocument.Load(report).Descendants("class")
    .GroupBy(type => type.Attribute("filename")!.Value, type => type.Descendants("line"))
    .Select(file => new FileLines(file.Key, file.SelectMany(lines => lines)))
    .OrderBy(file => file.Name, StringComparer.Ordinal)
    .ToArray();

foreach (var file in files.Where(file => file.Reached < Enough * file.Count))
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(double)file.Reached / file.Count,7:P1} {file.Name}: {file.Gaps()}"));
}

var (reached, all) = (files.Sum(file => file.Reached), files.Sum(file => file.Count));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(double)reached / all,7:P1} of {all} lines in {files.Length} files, {all - reached} not reached"));
if (reached >= Enough * all)
{
    return 0;
}

Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"error: below {Enough:P0}"));
return 1;

/// <summary>The lines of a file that hold code, and whether a test reaches them.</summary>
internal sealed class FileLines
{
    private readonly SortedDictionary<int, bool> _lines = [];

    internal FileLines(string name, IEnumerable<XElement> lines)
    {
        Name = name;
        foreach (var line in lines)
        {
            var number = (int)line.Attribute("number")!;
            _lines[number] = (int)line.Attribute("hits")! > 0 || _lines.GetValueOrDefault(number);
        }
    }

    internal string Name { get; }

    internal int Count => _lines.Count;

    internal int Reached => _lines.Count(line => line.Value);

    /// <summary>The lines that are not reached, as in "3, 7-9".</summary>
    internal string Gaps()
    {
        var gaps = new List<(int First, int Last)>();
        var isOpen = false;
        foreach (var (number, isReached) in _lines)
        {
            if (!isReached)
            {
                gaps = isOpen ? [.. gaps[..^1], (gaps[^1].First, number)] : [.. gaps, (number, number)];
            }

            isOpen = !isReached;
        }

        return string.Join(", ", gaps.Select(gap => gap.First == gap.Last ? $"{gap.First}" : $"{gap.First}-{gap.Last}"));
    }
}
