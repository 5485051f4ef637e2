using System.Globalization;

namespace SegLossBias;

/// <summary>How bad it is to take one class for another: a matrix, its rows the true classes and its columns the predicted ones.</summary>
/// <remarks>Divided by its largest number, so that distances lie between 0 and 1. Those of a class to itself are 0.</remarks>
/// <example><code>ClassDistances.Of(new double[,] { { 0, 1, 1 }, { 1, 0, 0.5 }, { 1, 0.5, 0 } })</code></example>
public sealed class ClassDistances
{
    private readonly double[,] _values;

    private ClassDistances(double[,] values) => _values = values;

    /// <summary>K.</summary>
    public int Count => _values.GetLength(0);

    /// <summary>The distance, between 0 and 1.</summary>
    /// <param name="trueClass">The row.</param>
    /// <param name="predictedClass">The column.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double this[int trueClass, int predictedClass] => _values[Checked(trueClass, nameof(trueClass)), Checked(predictedClass, nameof(predictedClass))];

    /// <summary>These distances, divided by the largest.</summary>
    /// <param name="values">[K,K] in any unit.</param>
    /// <exception cref="ArgumentException">The matrix is not square, a distance is negative or not finite, that of a class to itself is not 0, or all are 0.</exception>
    public static ClassDistances Of(double[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var count = values.GetLength(0);
        if (count < 2 || values.GetLength(1) != count)
        {
            throw new ArgumentException($"class distances must be a square matrix of at least 2 classes, but it is {count}×{values.GetLength(1)}.", nameof(values));
        }

        var largest = values.Cast<double>().Max();
        if (values.Cast<double>().Any(value => !(value >= 0 && double.IsFinite(value))) || largest == 0 || Enumerable.Range(0, count).Any(k => values[k, k] != 0))
        {
            throw new ArgumentException($"class distances must be finite and not negative, 0 for a class to itself and above 0 for some pair, but they are {Text(values)}.", nameof(values));
        }

        var scaled = new double[count, count];
        for (var j = 0; j < count; j++)
        {
            for (var k = 0; k < count; k++)
            {
                scaled[j, k] = values[j, k] / largest;
            }
        }

        return new(scaled);
    }

    /// <summary>The rows, such as <c>[[0, 1], [1, 0]]</c>.</summary>
    public override string ToString() => Text(_values);

    /// <summary>Every class is as far from every other.</summary>
    internal static ClassDistances Equal(int classes)
    {
        var values = new double[classes, classes];
        for (var j = 0; j < classes; j++)
        {
            for (var k = 0; k < classes; k++)
            {
                values[j, k] = j == k ? 0 : 1;
            }
        }

        return new(values);
    }

    /// <summary>Whether any two classes have the distance 1.</summary>
    internal bool AreAllOne
    {
        get
        {
            for (var j = 0; j < Count; j++)
            {
                for (var k = 0; k < Count; k++)
                {
                    if (j != k && _values[j, k] != 1)
                    {
                        return false;
                    }
                }
            }

            return true;
        }
    }

    internal void EnsureCount(int classes)
    {
        if (Count != classes)
        {
            throw new ArgumentException($"there are distances between {Count} classes, {this}, but the logits have {classes} (a channel on its own has two, background and foreground); give a row and a column for each class.", "distances");
        }
    }

    private int Checked(int number, string name) => number >= 0 && number < Count ? number : throw new ArgumentOutOfRangeException(name, number, $"the classes are 0..{Count - 1}.");

    private static string Text(double[,] values)
    {
        var columns = values.GetLength(1);
        var rows = Enumerable.Range(0, values.GetLength(0)).Select(j => string.Join(", ", Enumerable.Range(0, columns).Select(k => values[j, k].ToString(CultureInfo.InvariantCulture))));
        return $"[{string.Join(", ", rows.Select(row => $"[{row}]"))}]";
    }
}
