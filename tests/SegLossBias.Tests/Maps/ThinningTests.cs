using SegLossBias.Tests.Metrics;

namespace SegLossBias.Tests.Maps;

/// <summary>Centre lines are a thin part of the mask with its topology; counted in plain loops, without the neighbourhoods of the library.</summary>
public class ThinningTests
{
    [Fact]
    public void Topology_IsThatOfTheMask() => MaskPair.Any.Sample(pair =>
    {
        var lines = Thinning.Compute(pair.Target, pair.Shape);
        lines.Zip(pair.Target).Should().OnlyContain(pixel => !pixel.First || pixel.Second, "lines are a part of the mask");
        Topology(pair.Shape, lines).Should().Be(Topology(pair.Shape, pair.Target));
        Thinning.Compute(lines, pair.Shape).Should().Equal(lines, "what is thin stays");
    }, iter: 300);

    /// <summary>In 2D a pixel is simple if, and only if, neither the components nor the holes change with it. Only ends of lines may be that.</summary>
    [Fact]
    public void Lines_AreThin() => MaskPair.Any.Where(pair => pair.Shape.Length == 2).Sample(pair =>
    {
        var lines = Thinning.Compute(pair.Target, pair.Shape);
        for (var pixel = 0; pixel < lines.Length; pixel++)
        {
            var place = MaskPair.Position(pixel, pair.Shape);
            var neighbours = Enumerable.Range(0, lines.Length).Count(other => other != pixel && lines[other] && MaskPair.Position(other, pair.Shape).Zip(place).All(axis => Math.Abs(axis.First - axis.Second) <= 1));
            if (lines[pixel] && neighbours > 1)
            {
                Topology(pair.Shape, [.. lines.Select((isIn, i) => isIn && i != pixel)]).Should().NotBe(Topology(pair.Shape, lines), $"pixel {pixel} could go");
            }
        }
    }, iter: 200);

    /// <summary>Simple by the definition: one component of the 26 neighbours, one of the background in 18 that reaches a face.</summary>
    [Fact]
    public void Simple_InThreeDimensions() => Gen.Int[0, (1 << 27) - 1].Sample(bits =>
    {
        int[] shape = [3, 3, 3];
        bool Near(int pixel, int[] distances) => distances.Contains(MaskPair.Position(pixel, shape).Sum(x => Math.Abs(x - 1)));
        bool[] inside = [.. Enumerable.Range(0, 27).Select(pixel => pixel != 13 && (bits >> pixel & 1) == 1)];
        bool[] outside = [.. Enumerable.Range(0, 27).Select(pixel => (bits >> pixel & 1) == 0 && Near(pixel, [1, 2]))];
        var (ids, _) = PlainMasks.Components(shape, outside, faces: true);
        var atFaces = Enumerable.Range(0, 27).Where(pixel => outside[pixel] && Near(pixel, [1])).Select(pixel => ids[pixel]).Distinct().Count();
        Neighbourhood.IsSimple(bits & ~(1 << 13)).Should().Be(PlainMasks.Components(shape, inside, faces: false).Count == 1 && atFaces == 1);
    }, iter: 3000);

    [Fact]
    public void Shapes_ByHand()
    {
        bool[] bar = MaskPair.Where([5, 9], place => place[0] is >= 1 and <= 3 && place[1] is >= 1 and <= 7);
        var line = Thinning.Compute(bar, [5, 9]);
        Enumerable.Range(0, 45).Where(i => line[i]).Should().OnlyContain(i => i / 9 == 2, "a bar becomes its middle row").And.HaveCountGreaterThan(4);
        bool[] ring = MaskPair.Where([9, 9], place => Math.Max(Math.Abs(place[0] - 4), Math.Abs(place[1] - 4)) is 2 or 3);
        Topology([9, 9], Thinning.Compute(ring, [9, 9])).Should().Be((1, 2, 0));
        bool[] ball = MaskPair.Where([7, 7, 7], place => place.Sum(x => (x - 3) * (x - 3)) <= 9);
        Thinning.Compute(ball, [7, 7, 7]).Count(isIn => isIn).Should().BeInRange(1, 7, "a ball of 123 pixels is no thicker than one then, and no longer than it was");
        bool[] shell = MaskPair.Where([7, 7, 7], place => place.Sum(x => (x - 3) * (x - 3)) is <= 9 and > 1);
        Topology([7, 7, 7], Thinning.Compute(shell, [7, 7, 7])).Components.Should().Be(1);
        Topology([7, 7, 7], Thinning.Compute(shell, [7, 7, 7])).Background.Should().Be(2, "a cavity stays");
        Thinning.Compute(new bool[6], [2, 3]).Should().NotContain(true);
        Thinning.Compute(MaskPair.Where([2, 3], _ => true), [2, 3]).Should().Contain(true);
        FluentActions.Invoking(() => Thinning.Compute(new bool[6], [2, 4])).Should().Throw<ArgumentException>().WithParameterName("mask");
        FluentActions.Invoking(() => Thinning.Compute(new bool[6], [6])).Should().Throw<ArgumentException>().WithParameterName("shape");
    }

    /// <summary>Components with corners, components of the background by faces with a border around it, and the Euler number of the union of closed cubes.</summary>
    private static (int Components, int Background, int Euler) Topology(int[] shape, bool[] mask)
    {
        int[] padded = [.. shape.Select(size => size + 2)];
        bool[] Padded(Func<bool, bool> isIn) => MaskPair.Where(padded, place =>
        {
            var isInside = place.Zip(shape).All(axis => axis.First >= 1 && axis.First <= axis.Second);
            return isIn(isInside && mask[place.Zip(shape).Aggregate(0, (flat, axis) => (flat * axis.Second) + axis.First - 1)]);
        });
        return (PlainMasks.Components(shape, mask, faces: false).Count, PlainMasks.Components(padded, Padded(isIn => !isIn), faces: true).Count, Euler(shape, mask));
    }

    /// <summary>Vertices − edges + faces − cubes: cells of the doubled grid, even places are corners.</summary>
    private static int Euler(int[] shape, bool[] mask)
    {
        var cells = new HashSet<string>();
        var euler = 0;
        for (var flat = 0; flat < mask.Length; flat++)
        {
            var place = MaskPair.Position(flat, shape);
            for (var part = 0; mask[flat] && part < Math.Pow(3, shape.Length); part++)
            {
                int[] steps = [.. Enumerable.Range(0, shape.Length).Select(axis => (int)(part / Math.Pow(3, axis)) % 3)];
                if (cells.Add(string.Join(' ', place.Zip(steps).Select(axis => (2 * axis.First) + axis.Second))))
                {
                    euler += steps.Count(step => step == 1) % 2 == 0 ? 1 : -1;
                }
            }
        }

        return euler;
    }
}
