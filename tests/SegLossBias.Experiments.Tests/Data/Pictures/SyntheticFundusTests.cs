using SegLossBias.Experiments.Tests.Support;

namespace SegLossBias.Experiments.Tests.Data.Pictures;

public class SyntheticFundusTests
{
    [Fact]
    public void Pictures_DependOnSeedAndNumberButNotOnHowManyAreMade()
    {
        var (few, more, other) = (Pictures(2, 1), Pictures(4, 1), Pictures(2, 2));
        few.Should().Equal(more[..2]);
        few.Should().NotIntersectWith(other);
        more.Should().OnlyHaveUniqueItems();
    }

    private static string[] Pictures(int count, int seed)
    {
        var cases = SyntheticFundus.Cases("set", count, 24, seed);
        string[] content = [.. cases.Select(item => Convert.ToHexString([.. item.Image.Bytes(), .. item.Labels.Bytes()]))];
        foreach (var item in cases)
        {
            item.Dispose();
        }

        return content;
    }
}
