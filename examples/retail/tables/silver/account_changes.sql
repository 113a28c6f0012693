/* lakewright
description: Every change of an account in the CRM, in canonical form
key: account_id
load: {type: changelog, sequence: modified_at}
reads:
  accounts: {table: bronze.crm_accounts, rows: new}
*/
select
    -- An account's number is that of the customer it belongs to.
    Id as account_id,
    trim(Name) as account_name,
    nullif(regexp_replace(Phone, '[^0-9+]', ''), '') as phone,
    nullif(trim(Website), '') as website,
    nullif(trim(Industry), '') as industry,
    AnnualRevenue as annual_revenue,
    NumberOfEmployees as employees,
    nullif(trim(BillingStreet), '') as street,
    nullif(trim(BillingCity), '') as city,
    nullif(trim(BillingState), '') as state,
    nullif(trim(BillingPostalCode), '') as postal_code,
    upper(nullif(trim(BillingCountry), '')) as country,
    nullif(trim(Rating), '') as rating,
    nullif(trim(Type), '') as type,
    nullif(trim(CustomerSegment), '') as segment,
    nullif(trim(GeographicRegion), '') as region,
    nullif(trim(AccountStatus), '') as status,
    nullif(trim(OwnerId), '') as owner_id,
    CreatedDate as created_at,
    LastModifiedDate as modified_at
from accounts
