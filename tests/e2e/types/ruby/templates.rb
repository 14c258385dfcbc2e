# As docs/types.md shows it.
module InkproofTemplates
  class Record < Hash
    def initialize(**keys)
      super()
      update(keys)
    end
  end

  class OrderShippedData < Record
    def initialize(**keys) = super
  end

  class WeeklyDigestPost < Record
    def initialize(**keys) = super
  end

  class WeeklyDigestTeam < Record
    def initialize(**keys) = super
  end

  class WeeklyDigestData < Record
    def initialize(**keys) = super
  end
end
