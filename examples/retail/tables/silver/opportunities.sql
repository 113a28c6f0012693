/* lakewright
description: Deals as they stand now
key: opportunity_id
load: {type: upsert, sequence: modified_at}
reads:
  opportunities: {table: bronze.crm_opportunities, by: Id}
*/
select
    Id as opportunity_id,
    nullif(trim(AccountId), '') as account_id,
    trim(Name) as opportunity_name,
    nullif(trim(StageName), '') as stage,
    CloseDate as close_date,
    Amount as amount,
    Probability as probability,
    nullif(trim(LeadSource), '') as lead_source,
    nullif(trim(Type), '') as type,
    nullif(trim(ForecastCategory), '') as forecast_category,
    IsClosed as is_closed,
    IsWon as is_won,
    CreatedDate as created_at,
    LastModifiedDate as modified_at
from opportunities
