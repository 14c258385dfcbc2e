# As docs/types.md shows it.
module InkproofTemplates
  class Record < Hash
    def initialize(**keys)
      super()
      update(keys)
    end
  end

  %w[AppointmentReminderData OrderShippedData WeeklyDigestPost WeeklyDigestTeam WeeklyDigestData].each do |name|
    const_set(name, Class.new(Record) { def initialize(**keys) = super })
  end
end
